"""Starting the real daemon in the background, and what is said where it does not start."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.triforce_cli.conftest import Spawn
from triforce_cli.contexts import Globals, socket_path
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import DaemonDidNotStart, DaemonError, SocketPathInvalid
from triforce_cli.launcher import ask_program, ensure_daemon, start_daemon, wait_for_end, wait_for_state
from triforce_cli.transport.unix_socket import SocketTransport


@pytest.fixture
def chosen(environ: Mapping[str, str]) -> Iterator[Globals]:
    """The flags of a user without a daemon; one that was started is stopped."""
    chosen = Globals(environ, quiet=True)
    yield chosen
    client = DaemonClient.of(chosen)
    if os.path.exists(socket_path(chosen)):
        assert wait_for_end(client.stop()["pid"], 20)


def pid(chosen: Globals) -> int:
    return DaemonClient.of(chosen).status()["daemon"]["pid"]


def running(home: Path) -> set[int]:
    """The daemons that have this home."""
    commands = {path: _command(path) for path in Path("/proc").iterdir() if path.name.isdigit()}
    return {
        int(path.name) for path, command in commands.items() if "triforce_daemon" in command and str(home) in command
    }


def _command(process: Path) -> str:
    try:
        return (process / "cmdline").read_text()
    except OSError:
        return ""


def log_lines(log: Path) -> list[dict[str, Any]]:
    """What the daemon's log says; its thread may write a line a moment after the daemon has answered."""
    deadline = time.monotonic() + 5
    while not log.read_text() and time.monotonic() < deadline:
        time.sleep(0.02)
    return [json.loads(text) for text in log.read_text().splitlines()]


def test_one_daemon_for_all_who_start_one(chosen: Globals, spawn: Spawn, home: Path) -> None:
    with ThreadPoolExecutor() as threads:
        done = list(threads.map(spawn, *zip(*[("daemon", "start", "--json")] * 3, strict=True)))
    assert [outcome.status for outcome in done] == [0, 0, 0], done
    assert {json.loads(outcome.out)["pid"] for outcome in done} == {pid(chosen)}
    assert DaemonClient.of(chosen).status()["daemon"]["managed_by"] == "cli"
    assert os.getsid(pid(chosen)) == pid(chosen), "no terminal's Ctrl+C reaches it"
    assert ensure_daemon(chosen) is False
    assert running(home) == {pid(chosen)}, "who came too late does not wait for its chance"
    assert [line["msg"] for line in log_lines(home / ".local/state/triforce/triforced.log")] == ["ready"]


def test_the_first_question_starts_it_and_says_so(chosen: Globals, spawn: Spawn, home: Path) -> None:
    done = spawn("models", "list")
    assert (done.status, done.err) == (0, "Started the daemon in the background. To stop it: triforce daemon stop\n")
    assert done.out.startswith("builtin/")
    assert spawn("models", "list").err == ""
    assert os.readlink(f"/proc/{pid(chosen)}/cwd") == "/"
    assert (home / ".local/state/triforce/triforced.start.log").read_text() == ""


def test_a_daemon_that_makes_room_is_waited_for(chosen: Globals, spawn: Spawn) -> None:
    spawn("daemon", "start")
    first = DaemonClient.of(chosen).stop()["pid"]
    assert spawn("daemon", "start").status == 0
    assert pid(chosen) != first


def test_a_broken_configuration_is_its_own_message(chosen: Globals, home: Path) -> None:
    path = home / "c.toml"
    path.write_text("[log]\nlevl = 3\n")
    with pytest.raises(DaemonError, match=r"c\.toml, line 2: log\.levl") as caught:
        start_daemon(chosen._replace(config=str(path)))
    assert caught.value.exit_status == 78


def test_a_home_that_cannot_be_written(chosen: Globals, home: Path) -> None:
    (home / "file").touch()
    with pytest.raises(DaemonDidNotStart, match="log cannot be written"):
        start_daemon(chosen._replace(environ={**chosen.environ, "XDG_STATE_HOME": str(home / "file")}))


def test_a_program_that_dies(chosen: Globals, home: Path) -> None:
    (home / "sqlalchemy.py").write_text("raise SystemExit('no\\nroom')")
    with pytest.raises(DaemonDidNotStart, match="ended with status 1: room"):
        start_daemon(chosen._replace(environ={**chosen.environ, "PYTHONPATH": str(home)}))


def test_the_time_limit(spawn: Spawn, home: Path) -> None:
    (home / "sqlalchemy.py").write_text("import time\ntime.sleep(20)")
    done = spawn("models", "list", "--timeout", "200ms", PYTHONPATH=str(home))
    started = running(home)
    for daemon in started:
        os.kill(daemon, signal.SIGKILL)
    assert (done.status, done.out) == (124, "")
    assert "not ready yet" in done.err
    assert len(started) == 1, "it goes on starting"


def test_a_path_that_is_too_long(chosen: Globals) -> None:
    with pytest.raises(SocketPathInvalid):
        ensure_daemon(chosen._replace(socket="/" + "x" * 120))


def test_the_program_answers_without_a_daemon(chosen: Globals) -> None:
    with pytest.raises(DaemonError) as caught:
        ask_program(chosen, "config", "get", "no.such")
    assert caught.value.exit_status == 5
    with pytest.raises(DaemonDidNotStart, match="status 2"):
        ask_program(chosen, "no-such-action")


def test_waiting_for_an_end() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert wait_for_end(process.pid, 0.05) is False
        assert process.stdin
        process.stdin.close()
        assert wait_for_end(process.pid, 10) is True
    assert wait_for_end(process.pid, 0) is True


def test_waiting_for_nobody(home: Path) -> None:
    assert wait_for_state(partial(SocketTransport, str(home / "none.sock")), ("ready",), 0.1) is None
