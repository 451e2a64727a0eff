"""Limits of the real daemon are after kill -9 as they were before."""

import http.client
import json
from collections.abc import Iterator

import pytest

from tests.end_to_end.processes import Daemon, running, triforce
from tests.scriptable_upstream.process import RemoteUpstream, run_upstream

BODY = {"model": "mine/m", "messages": [{"role": "user", "content": "x"}], "max_tokens": 10}


@pytest.fixture(scope="module")
def upstream() -> Iterator[RemoteUpstream]:
    with run_upstream() as running_upstream:
        yield running_upstream


def flags(upstream: RemoteUpstream, **more: str) -> list[str]:
    settings = {
        "builtin.enabled": "false", "http.enabled": "true", "http.port": "0",
        "providers.mine.base_url": upstream.base_url("compatible"),
        **{name.replace("__", "."): value for name, value in more.items()},
    }  # fmt: skip
    return [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]


def port(daemon: Daemon) -> int:
    return int(daemon.call("GET", "/v1/status")[1]["daemon"]["listen"][0].rpartition(":")[2])


def ask(port: int, token: str) -> int:
    """The status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    connection.request("POST", "/v1/chat/completions", json.dumps(BODY), headers)
    reply = connection.getresponse()
    reply.read()
    connection.close()
    return reply.status


def new_token(home: dict[str, str], name: str, rpm: int) -> str:
    made = triforce(home, "auth", "token", "create", name, "--rpm", str(rpm))
    assert made.returncode == 0, made.stderr
    return made.stdout.decode().strip()


def test_limits_are_after_kill_9_as_before(home: dict[str, str], upstream: RemoteUpstream) -> None:
    daemon = Daemon(home, *flags(upstream)).start()
    token = new_token(home, "ci", 5)
    there = port(daemon)
    assert [ask(there, token) for _ in range(3)] == [200] * 3
    daemon.kill()
    with running(home, *flags(upstream)) as daemon:
        there = port(daemon)
        assert [ask(there, token) for _ in range(4)] == [200, 200, 429, 429]
