"""What the doctor sees from this side."""

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.triforce_cli.conftest import OnTerminal, Spawn
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import STATUS
from triforce_cli.commands._checks import examine
from triforce_cli.contexts import Globals


@pytest.fixture
def chosen(home: Path) -> Globals:
    return Globals({"HOME": str(home), "TERM": "xterm"})


def found(chosen: Globals, name: str) -> Any:
    return next(check for check in examine(chosen, offline=False) if check["id"] == name)


def test_a_daemon_of_another_version(fake_daemon: FakeDaemon, chosen: Globals) -> None:
    assert found(chosen, "daemon")["status"] == "ok"
    fake_daemon.answers("GET", "/v1/status", {**STATUS, "daemon": {**STATUS["daemon"], "version": "9.9.9"}})
    check = found(chosen, "daemon")
    assert (check["status"], "9.9.9" in check["summary"], "restart" in check["fix"]) == ("warn", True, True)


def test_a_daemon_that_does_not_answer(fake_daemon: FakeDaemon, chosen: Globals) -> None:
    fake_daemon.answers("GET", "/v1/status", raw=b"SSH-2.0\r\n")
    check = found(chosen, "daemon")
    assert check["status"] == "fail"
    assert check["fix"]
    fake_daemon.answers("GET", "/v1/status", {}, pause=1)
    fake_daemon.answers("GET", "/v1/status", {}, pause=1)
    assert found(chosen._replace(timeout=0.1), "daemon")["status"] == "fail"


def test_no_daemon_is_no_failure(chosen: Globals) -> None:
    assert found(chosen, "daemon")["status"] == "ok"
    assert found(chosen, "socket")["summary"].endswith("not there yet")


def test_the_socket(chosen: Globals, home: Path) -> None:
    def status(path: str) -> str:
        return found(chosen._replace(socket=path), "socket")["status"]

    path = str(home / "s")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        os.chmod(path, 0o600)
        assert status(path) == "ok"
        os.chmod(path, 0o666)
        assert status(path) == "warn"
    (home / "file").touch()
    assert status(str(home / "file")) == "fail"
    assert status(str(home / "file" / "below")) == "fail"
    assert status("/" + "x" * 120) == "fail"
    os.symlink(path, home / "link")
    assert status(str(home / "link")) == "fail"


def test_folders(chosen: Globals, home: Path) -> None:
    assert found(chosen, "folder.state")["summary"].endswith("can be made")
    (home / ".local").touch()
    check = found(chosen, "folder.state")
    assert check["status"] == "fail"
    assert "XDG_STATE_HOME" in check["fix"]
    assert found(chosen, "folder.config")["status"] == "ok"


def test_a_folder_that_cannot_be_written(chosen: Globals, home: Path, request: pytest.FixtureRequest) -> None:
    home.chmod(0o555)
    request.getfixturevalue("unprivileged")
    check = found(chosen, "folder.data")
    assert check["status"] == "fail"
    assert "cannot be written" in check["summary"]


def test_terminals(fake_daemon: FakeDaemon, on_terminal: OnTerminal, spawn: Spawn) -> None:
    flags = ("doctor", "--fields", "id,status,summary", "--no-color")
    assert "TERM is 'dumb'" in on_terminal(*flags, columns=200, environ={"TERM": "dumb"}).out
    latin = spawn(*flags, PYTHONIOENCODING="latin-1").out
    assert "terminal\twarn\tText is written as" in latin
