"""Limits of the real daemon: after kill -9 as before, and with a Redis that hangs in the middle of the traffic."""

import http.client
import json
import threading
import time
from collections.abc import Iterator

import pytest

from tests.end_to_end.processes import Daemon, running, triforce
from tests.scriptable_upstream.process import RemoteUpstream, run_upstream
from tests.valkey import valkey

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


def ills(daemon: Daemon) -> list[str]:
    return [ill["code"] for ill in daemon.call("GET", "/v1/status")[1]["health"]]


def ask(port: int, token: str) -> tuple[int, float]:
    """The status, and how long it took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    began = time.monotonic()
    connection.request("POST", "/v1/chat/completions", json.dumps(BODY), headers)
    reply = connection.getresponse()
    reply.read()
    connection.close()
    return reply.status, time.monotonic() - began


def new_token(home: dict[str, str], name: str, rpm: int) -> str:
    made = triforce(home, "auth", "token", "create", name, "--rpm", str(rpm))
    assert made.returncode == 0, made.stderr
    return made.stdout.decode().strip()


def test_limits_are_after_kill_9_as_before(home: dict[str, str], upstream: RemoteUpstream) -> None:
    daemon = Daemon(home, *flags(upstream)).start()
    token = new_token(home, "ci", 5)
    there = port(daemon)
    assert [ask(there, token)[0] for _ in range(3)] == [200] * 3
    daemon.kill()
    with running(home, *flags(upstream)) as daemon:
        there = port(daemon)
        assert [ask(there, token)[0] for _ in range(4)] == [200, 200, 429, 429]


def test_a_redis_that_hangs_costs_a_moment_and_lifts_no_limit(
    home: dict[str, str], folder: str, upstream: RemoteUpstream
) -> None:
    with valkey(folder) as server, running(home, *flags(upstream, redis__url=server.url)) as daemon:
        token, there = new_token(home, "many", 100_000), port(daemon)
        few = new_token(home, "few", 10)
        taken: list[tuple[int, float]] = []
        until = time.monotonic() + 3

        def talk() -> None:
            while time.monotonic() < until:
                taken.append(ask(there, token))

        talkers = [threading.Thread(target=talk) for _ in range(8)]
        for talker in talkers:
            talker.start()
        time.sleep(0.5)
        server.pause()
        # The half of its limit, as long as Redis is away.
        assert [ask(there, few)[0] for _ in range(7)] == [200] * 5 + [429] * 2
        assert "redis.away" in ills(daemon)
        for talker in talkers:
            talker.join(30)
        assert {status for status, _ in taken} == {200}
        times = sorted(seconds for _, seconds in taken)
        assert times[int(len(times) * 0.99)] <= 1
        server.resume()
        deadline = time.monotonic() + 10
        while "redis.away" in ills(daemon):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert [ask(there, few)[0] for _ in range(6)] == [200] * 5 + [429]
