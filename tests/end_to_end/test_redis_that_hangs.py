"""Row 32: a Redis that stops answering under load costs its users a moment, and lifts no limit.

| of the row | here |
| --- | --- |
| 300 requests a second | offered by the clock, in a process of its own, however long answers take |
| p99 <= 1 s | of all that were asked from one second before Redis hangs on |
| then breaker | of those that are asked later nobody waits for Redis |
| CPU/request <= 2 x, RSS <= 1.5 x | of the daemon, against the second before |
| exact again <= 10 s after SIGCONT | what was given out meanwhile counts, to the request |
| never unlimited | this daemon's part of the limit, while Redis is away |
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil
import pytest

from tests.architecture.source import ROOT
from tests.end_to_end.processes import Daemon, running
from tests.end_to_end.test_limits import ask, new_token, port
from tests.valkey import valkey

RATE = 300
P99_SECONDS, AGAIN_SECONDS = 1.0, 10.0
#: Nobody waits for Redis who does not take half of what it is given to answer, `redis.call_seconds`.
UNHINDERED_SECONDS = 0.25
BODY = json.dumps({"model": "mine/mock", "messages": [{"role": "user", "content": "x"}], "max_tokens": 10})


@contextmanager
def provider() -> Generator[int]:
    """The port of a provider that costs next to nothing."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        free = found.getsockname()[1]
    with subprocess.Popen([sys.executable, "-m", "benchmarks.upstream", str(free)], cwd=ROOT) as process:
        yield free
        process.terminate()


@dataclass
class Cost:
    """What the daemon has used so far, in seconds of the processor, and takes, in bytes."""

    cpu: float
    rss: int

    @classmethod
    def of(cls, daemon: Daemon) -> "Cost":
        assert daemon.process is not None
        process = psutil.Process(daemon.process.pid)
        used = process.cpu_times()
        return cls(used.user + used.system, process.memory_info().rss)


class Load:
    """So many requests a second for so long, from now on."""

    def __init__(self, port: int, token: str, seconds: float) -> None:
        command = [sys.executable, "-m", "benchmarks.load", str(port), "/v1/chat/completions", BODY, "--key", token]
        more = ["--connections", "400", "--rate", str(RATE), "--seconds", str(seconds)]
        self._process = subprocess.Popen([*command, *more], cwd=ROOT, stdout=subprocess.PIPE)

    def seen(self) -> dict[str, Any]:
        said, _ = self._process.communicate()
        return json.loads(said)


def ills(daemon: Daemon) -> list[str]:
    return [ill["code"] for ill in daemon.call("GET", "/v1/status")[1]["health"]]


@pytest.mark.long
@pytest.mark.timeout(120)
def test_it_costs_a_moment_and_lifts_no_limit(home: dict[str, str], folder: str, in_full: bool) -> None:
    seconds = 10 if in_full else 2
    with provider() as upstream, valkey(folder) as server:
        told = {
            "builtin.enabled": "false", "http.enabled": "true", "http.port": "0", "redis.url": server.url,
            "providers.mine.base_url": f"http://127.0.0.1:{upstream}/v1",
        }  # fmt: skip
        with running(home, *(word for at in told.items() for word in ("--set", "=".join(at)))) as daemon:
            many, few, there = new_token(home, "many", 1_000_000), new_token(home, "few", 10), port(daemon)
            Load(there, many, 1).seen()
            begun = Cost.of(daemon)
            usual = Load(there, many, seconds).seen()
            before = Cost.of(daemon)
            load = Load(there, many, seconds + 1)
            time.sleep(1)
            server.pause()
            hanging = load.seen()
            during = Cost.of(daemon)
            # The half of its limit, as long as Redis is away.
            assert [ask(there, few) for _ in range(7)] == [200] * 5 + [429] * 2
            assert "redis.away" in ills(daemon)
            later = Load(there, many, 1).seen()
            server.resume()
            resumed = time.monotonic()
            while "redis.away" in ills(daemon):
                assert time.monotonic() < resumed + AGAIN_SECONDS
                time.sleep(0.1)
            again = time.monotonic() - resumed
            assert [ask(there, few) for _ in range(6)] == [200] * 5 + [429]
    costs = [(before.cpu - begun.cpu) / usual["requests"], (during.cpu - before.cpu) / hanging["requests"]]
    print(f"usual {usual}\nhanging {hanging}\nlater {later}\nCPU {costs}, RSS {before.rss} {during.rss}, again {again}")
    for seen in (usual, hanging, later):
        assert seen["refused"] == 0
    assert hanging["requests"] > 0.95 * RATE * seconds
    assert hanging["latency"]["p99"] <= P99_SECONDS * 1e6
    assert later["latency"]["p99"] <= UNHINDERED_SECONDS * 1e6
    assert costs[1] <= 2 * costs[0]
    assert during.rss <= 1.5 * before.rss
