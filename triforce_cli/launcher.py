"""Sees to it that a daemon runs: finds it, starts it in the background, waits until it is ready or has ended."""

import os
import select
import subprocess
import sys
import time
from io import BufferedRandom

from triforce_cli.contexts import Globals, configuration, configured, socket_path
from triforce_cli.errors import (
    BadConfiguration,
    DaemonDidNotStart,
    DaemonError,
    DaemonNotRunning,
    DaemonWentAway,
    TimedOut,
    TriforceCliError,
)
from triforce_cli.exit_codes import BAD_CONFIGURATION, UNAVAILABLE
from triforce_cli.transport import Transport
from triforce_daemon.wire.paths import state_folder

#: How long a daemon may take to answer after it was started, where nobody gave a limit.
START_SECONDS = 30.0

_LOOK_EVERY_SECONDS = 0.03


def ensure_daemon(chosen: Globals) -> bool:
    """Return when a daemon answers; where none does, start one and say so. True: this run started it."""
    try:
        Transport(socket_path(chosen), chosen.timeout).reach()
    except DaemonNotRunning:
        start_daemon(chosen)
        if chosen.talks:
            print("Started the daemon in the background. To stop it: triforce daemon stop", file=sys.stderr)
        return True
    return False


def start_daemon(chosen: Globals) -> int:
    """Start a daemon in the background; return its process id when it is ready. Else raises its last words."""
    path = socket_path(chosen)
    with _words_file(chosen) as words:
        begin = words.seek(0, os.SEEK_END)
        process = _spawn(chosen, words.fileno())
        # Two runs may start one at the same moment: what counts is that one of the two answers.
        state = wait_for_state(path, ("ready",), chosen.timeout or START_SECONDS, process)
        if state is None:
            words.seek(begin)
            raise _failure(process, words.read().decode(errors="replace"), log_file(chosen))
    return process.pid


def wait_for_state(
    path: str, states: tuple[str, ...], seconds: float, process: "subprocess.Popen[bytes] | None" = None
) -> str | None:
    """The daemon's state as soon as it is one of `states`; None where the time, or `process`, ended before that."""
    deadline = time.monotonic() + seconds
    while True:
        state = _state(path, max(0.1, deadline - time.monotonic()))
        if state in states:
            return state
        if time.monotonic() >= deadline or (state is None and _has_failed(process)):
            return None
        time.sleep(_LOOK_EVERY_SECONDS)


def wait_for_end(pid: int, seconds: float | None) -> bool:
    """Wait until a process has ended; False where it still runs after `seconds`."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        return bool(poll.poll(None if seconds is None else seconds * 1_000))
    finally:
        os.close(handle)


def daemon_command(chosen: Globals) -> list[str]:
    """The words that run a daemon with the socket and the configuration of this run."""
    command = [sys.executable, "-P", "-m", "triforce_daemon", "run", "--socket", socket_path(chosen)]
    if chosen.config or chosen.environ.get("TRIFORCE_CONFIG"):
        # Relative to where this command was given, which is not where a daemon in the background stands.
        command += ["--config", configuration(chosen)]
    return command


def log_file(chosen: Globals) -> str:
    """Where a daemon that was started in the background writes its log."""
    return _configured_log(chosen) or os.path.join(state_folder(chosen.environ), "triforced.log")


def _configured_log(chosen: Globals) -> str | None:
    return chosen.environ.get("TRIFORCE_LOG_FILE") or configured(chosen, "log", "file")


def _spawn(chosen: Globals, words: int) -> "subprocess.Popen[bytes]":
    command = [*daemon_command(chosen), "--managed-by", "cli"]
    if not _configured_log(chosen):
        command += ["--set", f"log.file={log_file(chosen)}"]
    # In a session of its own and away from the terminal, so that neither Ctrl+C nor a closed window reaches it.
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=words,
        stderr=words,
        cwd="/",
        env=dict(chosen.environ),
        start_new_session=True,
    )


def _words_file(chosen: Globals) -> BufferedRandom:
    """The file for what a daemon says before it has a log, and instead of one when it cannot start."""
    path = os.path.join(state_folder(chosen.environ), "triforced.start.log")
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        return open(path, "a+b")
    except OSError as error:
        raise DaemonDidNotStart(
            f"The daemon cannot be started, for its log cannot be written: {path}: {error.strerror}.",
            "It needs a folder that it can write; name one with XDG_STATE_HOME.",
        ) from None


def _state(path: str, seconds: float) -> str | None:
    try:
        return Transport(path, seconds).call("GET", "/v1/health")["state"]
    except (DaemonNotRunning, DaemonWentAway, DaemonError, TimedOut):
        return None


def _has_failed(process: "subprocess.Popen[bytes] | None") -> bool:
    # UNAVAILABLE is how a daemon ends that finds another one on its socket: that one is waited for.
    return process is not None and process.poll() not in (None, UNAVAILABLE)


def _failure(process: "subprocess.Popen[bytes]", words: str, log: str) -> TriforceCliError:
    """Why no daemon is ready, in its own words where it left some."""
    status = process.poll()
    said = "\n".join(line for line in words.splitlines() if line.strip())
    if status == BAD_CONFIGURATION:
        return BadConfiguration(
            said or "The daemon does not accept its configuration.", "See: triforce config validate"
        )
    if status is None:
        return TimedOut("The daemon was started, but it is not ready yet.", f"See: {log}")
    return DaemonDidNotStart(
        f"The daemon ended with status {status} when it was started. {said}".strip(), f"See: {log}"
    )
