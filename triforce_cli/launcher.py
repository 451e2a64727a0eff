"""Sees to it that a daemon runs: finds it, starts it in the background, waits until it is ready or has ended."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from io import BufferedRandom
from typing import Any

from triforce_cli.contexts import Globals, configuration, configured, remote, require_local, socket_path
from triforce_cli.errors import (
    DaemonDidNotStart,
    DaemonError,
    DaemonNotRunning,
    DaemonUnreachable,
    DaemonWentAway,
    TimedOut,
    TriforceCliError,
)
from triforce_cli.exit_codes import UNAVAILABLE
from triforce_cli.transport.limit import PATIENCE_SECONDS
from triforce_cli.transport.replies import Transport, error_in, parsed
from triforce_cli.transport.unix_socket import SocketTransport
from triforce_daemon.wire.paths import state_folder

#: How long a daemon may take to answer after it was started, where nobody gave a limit.
START_SECONDS = 30.0

_LOOK_EVERY_SECONDS = 0.03
_TRY_EVERY_SECONDS = 0.3


def ensure_daemon(chosen: Globals) -> bool:
    """Return when a daemon answers; where none does, start one and say so. True: this run started it.

    One on another machine is not looked for: what is asked of it next says whether it is there.
    """
    if remote(chosen) is not None:
        return False
    try:
        SocketTransport(socket_path(chosen), chosen.timeout).reach()
    except DaemonNotRunning:
        start_daemon(chosen)
        if chosen.talks:
            print("Started the daemon in the background. To stop it: triforce daemon stop", file=sys.stderr)
        return True
    return False


def start_daemon(chosen: Globals) -> None:
    """Start a daemon in the background and return when it is ready. Raises its last words where it is not."""
    require_local("Starting a daemon", chosen)
    path = socket_path(chosen)
    deadline = time.monotonic() + (chosen.timeout or START_SECONDS)
    with _words_file(chosen) as words:
        while True:
            begin = words.seek(0, os.SEEK_END)
            process = _spawn(chosen, words.fileno())
            if wait_for_state(partial(SocketTransport, path), ("ready",), deadline - time.monotonic(), process):
                _withdraw(process, path)
                return
            if process.poll() != UNAVAILABLE or time.monotonic() >= deadline:
                words.seek(begin)
                raise _failure(process, words.read().decode(errors="replace"), log_file(chosen))
            # It found another one on the socket: one that ends, and makes room, or one that begins, and is found now.
            time.sleep(_TRY_EVERY_SECONDS)


def wait_for_state(
    way: Callable[[float], Transport],
    states: tuple[str, ...],
    seconds: float,
    process: "subprocess.Popen[bytes] | None" = None,
) -> str | None:
    """The daemon's state as soon as it is one of `states`; None where the time, or `process`, ended before that.

    `way` leads to it, for questions that may take so many seconds.
    """
    deadline = time.monotonic() + seconds
    while True:
        # Asked after the process: what that has left behind is seen.
        ended = process is not None and process.poll() is not None
        state = _state(way(max(0.1, deadline - time.monotonic())))
        if state in states:
            return state
        if time.monotonic() >= deadline or (ended and state is None):
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


def ask_program(chosen: Globals, *words: str) -> Any:
    """What the daemon's program says of itself without a running daemon: the JSON of `triforced WORDS…`."""
    command = [sys.executable, "-P", "-m", "triforce_daemon", *words, "--json", "--config", configuration(chosen)]
    try:
        done = subprocess.run(
            command, env=dict(chosen.environ), stdin=subprocess.DEVNULL, capture_output=True, timeout=chosen.timeout
        )
    except subprocess.TimeoutExpired:
        raise TimedOut("The daemon's program did not answer in time.") from None
    reply = parsed(done.stdout)
    if reply is None:
        raise _refused(done.stderr.decode(errors="replace"), done.returncode, "Run: triforce doctor --offline")
    return reply


def log_file(chosen: Globals) -> str:
    """Where a daemon that was started in the background writes its log."""
    return _configured_log(chosen) or os.path.join(state_folder(chosen.environ), "triforced.log")


def _configured_log(chosen: Globals) -> str | None:
    return chosen.environ.get("TRIFORCE_LOG_FILE") or configured(chosen, "log", "file")


def _spawn(chosen: Globals, words: int) -> "subprocess.Popen[bytes]":
    command = [*daemon_command(chosen), "--managed-by", "cli", "--json"]
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


def _withdraw(process: "subprocess.Popen[bytes]", path: str) -> None:
    """End what was started where it is not what answers: later it might find the place empty, and stay."""
    if SocketTransport(path, PATIENCE_SECONDS).call("GET", "/v1/status")["daemon"]["pid"] != process.pid:
        process.terminate()
        process.wait()


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


def _state(transport: Transport) -> str | None:
    try:
        return transport.call("GET", "/v1/health")["state"]
    except (DaemonNotRunning, DaemonUnreachable, DaemonWentAway, DaemonError, TimedOut):
        return None


def _failure(process: "subprocess.Popen[bytes]", words: str, log: str) -> TriforceCliError:
    """Why no daemon is ready, in its own words where it left some."""
    status = process.poll()
    if status is None:
        return TimedOut("The daemon was started, but it is not ready yet.", f"See: {log}")
    return _refused(words, status, f"See: {log}")


def _refused(words: str, status: int, hint: str) -> TriforceCliError:
    """The error that the daemon's program wrote on standard error; else its last words as they are."""
    for line in reversed(words.splitlines()):
        error = error_in(parsed(line))
        if error is not None:
            return DaemonError(error)
    last = next((line for line in reversed(words.splitlines()) if line.strip()), "It said nothing.")
    return DaemonDidNotStart(f"The daemon's program ended with status {status}: {last.strip()}", hint)
