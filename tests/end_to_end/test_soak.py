"""Row 29: requests without end, and a provider that fails in every way now and then: nothing piles up in the daemon.

With `--long` it ends after a million requests or a quarter of an hour, or what SOAK_SECONDS says instead:

    SOAK_SECONDS=3600 pytest --long -s tests/end_to_end/test_soak.py
"""

import asyncio
import json
import os
import statistics
import time
from dataclasses import dataclass, field

import aiohttp
import psutil
import pytest

from tests.end_to_end.processes import Daemon, running
from tests.scriptable_upstream.process import run_upstream

IN_FULL, IN_SHORT = 1_000_000, 1_000
#: The long run ends when this is over, however far it has come.
SECONDS = int(os.environ.get("SOAK_SECONDS", "900"))
#: The daemon is looked at so often; what it takes at first are the caches of SQLite and of the allocator.
LOOKS, WARM = 20, 10
AT_ONCE = 24
#: What it may grow by after that: in an hour, where there was one to see it in, and else by each 10,000 requests.
MIB_AN_HOUR, MIB_EACH = 1.0, 2.0
HOUR = 3_600
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

    seconds: float
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
    began: float = field(default_factory=time.monotonic)

    async def run(self, wanted: int, seconds: float) -> None:
        headers = {"authorization": f"Bearer {self.token}"}
        connector = aiohttp.TCPConnector(limit=AT_ONCE)
        async with aiohttp.ClientSession(self.url, headers=headers, connector=connector) as client:
            for part in range(1, LOOKS + 1):
                goal, ends = wanted * part // LOOKS, self.began + seconds * part / LOOKS
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
        seconds = time.monotonic() - self.began
        return Look(seconds, self.done, process.memory_info().rss / 2**20, process.num_fds(), process.num_threads())


def slope(looks: list[Look]) -> float:
    """By how many MiB the daemon grows in an hour, by the line that is closest to all of them."""
    line = statistics.linear_regression([look.seconds for look in looks], [look.mib for look in looks])
    return line.slope * HOUR


@pytest.mark.long
@pytest.mark.timeout(SECONDS + 300)
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
    first = soak.looks[WARM]
    an_hour = slope(soak.looks[WARM:])
    each = (last.mib - first.mib) / max((last.requests - first.requests) / 10_000, 1)
    print(f"{an_hour:.1f} MiB an hour, {each:.2f} MiB for 10,000 requests, {last.requests} in {last.seconds:.0f} s")
    assert after["daemon"]["streams"] == 0
    assert last.descriptors <= first.descriptors + 5
    assert last.threads <= first.threads + 2
    if last.seconds >= HOUR:
        assert an_hour < MIB_AN_HOUR
    assert each < (MIB_EACH if in_full else 10)
    assert set(soak.statuses) <= {0, 200, 429, 502, 503, 504}
    assert soak.statuses[200] > soak.done * 0.7
