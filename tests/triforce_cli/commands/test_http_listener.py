"""The http listener is switched on where a program needs it, and only with a yes."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.triforce_cli.conftest import Spawn, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import STATUS


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as other:
        return other.getsockname()[1]


def asked(daemon: FakeDaemon, method: str) -> list[Any]:
    return [one.body or one.path for one in daemon.asked if one.method == method]


def test_a_listener_that_is_off_is_switched_on_only_with_a_yes(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("connect", "codex")
    assert done.status == 6
    assert "http listener" in done.err
    assert asked(fake_daemon, "PUT") == []


def test_a_daemon_that_was_not_started_by_us_is_not_restarted(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    status = {**STATUS, "daemon": {**STATUS["daemon"], "managed_by": "systemd"}}
    fake_daemon.answers("GET", "/v1/status", status)
    fake_daemon.answers("PUT", "/v1/config/http.enabled", {})
    done = triforce("connect", "codex", "--yes")
    assert done.status == 1
    assert "Restart the daemon" in done.err
    assert asked(fake_daemon, "PUT") == [{"value": True}]
    assert asked(fake_daemon, "POST") == []


def test_with_a_yes_a_daemon_in_the_background_is_restarted_with_it(spawn: Spawn, free_port: int) -> None:
    assert spawn("config", "set", "http.port", str(free_port)).status == 0
    assert spawn("config", "set", "builtin.enabled", "false").status == 0
    assert spawn("daemon", "start").status == 0
    try:
        done = spawn("connect", "codex", "--yes", "--json")
        assert done.status == 0, done.err
        assert json.loads(done.out)["url"] == f"http://127.0.0.1:{free_port}"
        status = json.loads(spawn("daemon", "status", "--json").out)
        assert status["listen"] == [f"http://127.0.0.1:{free_port}"]
    finally:
        spawn("daemon", "stop")


def test_where_the_port_cannot_be_had_the_daemon_runs_as_before(spawn: Spawn, taken_port: int) -> None:
    assert spawn("config", "set", "http.port", str(taken_port)).status == 0
    assert spawn("config", "set", "builtin.enabled", "false").status == 0
    assert spawn("daemon", "start").status == 0
    try:
        done = spawn("connect", "codex", "--yes")
        assert done.status == 78
        assert "http.port" in done.err
        assert json.loads(spawn("daemon", "status", "--json").out)["state"] == "ready"
        assert spawn("config", "get", "http.enabled").out == "false\n"
    finally:
        spawn("daemon", "stop")
