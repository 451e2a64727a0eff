"""Requests without end, and a provider that fails in every way now and then: nothing piles up in the daemon."""

import asyncio
import json
import time
from dataclasses import dataclass, field

import aiohttp
import psutil
import pytest

from tests.end_to_end.processes import Daemon, running
from tests.scriptable_upstream.process import run_upstream

#: Of 10^6 requests in full; each tenth of them is looked at.
IN_FULL, IN_SHORT = 1_000_000, 1_000
#: The long run ends when this is over, however far it has come.
SECONDS = 900
AT_ONCE = 24
#: What each ten thousand requests may add after the first tenth, in MiB: an hour at 1,000 a second has 360 of them.
GROWTH_MIB = 2
FAULTS = "; ".join(
    (
        *("2%: status=500", "2%: status=429 retry-after=0", "2%: cut-after=2", "2%: malformed-at=1", "1%: no-answer"),
        *("1%: error-in-stream-at=1", "1%: no-terminator", "1%: wrong-length=+10", "1%: html status=502"),
    )
)
QUICKLY = ("--set", "builtin.enabled=false", "--set", "providers.ollama.enabled=false", "--set", "log.level=error")
HASTY = ("--set", "routing.retries=0", "--set", "routing.breaker_failures=1000", "--set", "upstream.idle_seconds=5")


@dataclass
class Look:
    """What the daemon holds at one moment."""

    requests: int
    mib: float
    descriptors: int
    threads: int


@dataclass
class Soak:
    daemon: Daemon
    url: str
    token: str
    looks: list[Look] = field(default_factory=list[Look])
    statuses: dict[int, int] = field(default_factory=dict[int, int])
    done: int = 0

    async def run(self, wanted: int, seconds: float) -> None:
        ends = time.monotonic() + seconds
        headers = {"authorization": f"Bearer {self.token}"}
        connector = aiohttp.TCPConnector(limit=AT_ONCE)
        async with aiohttp.ClientSession(self.url, headers=headers, connector=connector) as client:
            for part in range(1, 11):
                goal = wanted * part // 10
                await asyncio.gather(*(self._ask(client, goal, ends) for _ in range(AT_ONCE)))
                self.looks.append(self.look())

    async def _ask(self, client: aiohttp.ClientSession, goal: int, ends: float) -> None:
        while self.done < goal and time.monotonic() < ends:
            self.done += 1
            body = {"model": "played/x", "messages": [{"role": "user", "content": "x"}], "stream": self.done % 2 == 0}
            try:
                async with client.post("/v1/chat/completions", json=body) as reply:
                    if self.done % 50 == 0:
                        # Some leave before the end.
                        reply.close()
                    else:
                        await reply.read()
                    self.statuses[reply.status] = self.statuses.get(reply.status, 0) + 1
            except aiohttp.ClientError:
                self.statuses[0] = self.statuses.get(0, 0) + 1

    def look(self) -> Look:
        """The daemon as it is now."""
        assert self.daemon.process is not None
        process = psutil.Process(self.daemon.process.pid)
        return Look(self.done, process.memory_info().rss / 2**20, process.num_fds(), process.num_threads())


@pytest.mark.long
@pytest.mark.timeout(1_200)
def test_nothing_piles_up(home: dict[str, str], in_full: bool) -> None:
    with run_upstream() as upstream:
        upstream.plan(FAULTS)
        played = ("--set", f"providers.played.base_url={upstream.base_url('compatible')}")
        ports = ("--set", "http.enabled=true", "--set", "http.port=0")
        with running(home, *QUICKLY, *HASTY, *played, *ports) as daemon:
            _, status = daemon.call("GET", "/v1/status")
            _, made = daemon.call("POST", "/v1/tokens", {"name": "t"})
            soak = Soak(daemon, status["daemon"]["listen"][0], made["token"])
            asyncio.run(soak.run(IN_FULL if in_full else IN_SHORT, SECONDS))
            time.sleep(0.2)
            _, after = daemon.call("GET", "/v1/status")
            last = soak.look()
    print(json.dumps([look.__dict__ for look in (*soak.looks, last)]), soak.statuses)
    first = soak.looks[0]
    assert after["daemon"]["streams"] == 0
    assert last.descriptors <= first.descriptors + 5
    assert last.threads <= first.threads + 2
    grown = (last.mib - first.mib) / max((last.requests - first.requests) / 10_000, 1)
    assert grown < (GROWTH_MIB if in_full else 20)
    assert set(soak.statuses) <= {0, 200, 429, 502, 503, 504}
    assert soak.statuses[200] > soak.done * 0.7
