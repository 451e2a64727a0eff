"""Row 29: requests without end, and a provider that fails in every way now and then: nothing piles up in the daemon.

With `--long` it is a million requests in an hour, or what SOAK_REQUESTS and SOAK_SECONDS say instead; in 0 seconds: as
fast as they are answered, which takes a fifth of that:

    SOAK_SECONDS=0 pytest --long -s tests/end_to_end/test_soak.py
"""

import json
import os
import signal
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.end_to_end.load import Load
from tests.end_to_end.processes import Daemon, running
from tests.scriptable_upstream.process import run_upstream
from triforce_daemon.outbound.pool import IDLE_SECONDS

IN_FULL, IN_SHORT = int(os.environ.get("SOAK_REQUESTS", "1_000_000")), 1_000
#: The long run takes so long.
SECONDS = int(os.environ.get("SOAK_SECONDS", "3600"))
#: The daemon is looked at so often; what it takes in the first of so many parts are the caches of SQLite and of the
#: allocator. Two looks differ by half a megabyte for nothing: the more of them, the surer their slope.
LOOKS, LOOKS_IN_SHORT = 20, 4
PARTS = 4
#: Some faults take the daemon its idle_seconds to see: so many at once that the others need not wait.
AT_ONCE, AT_ONCE_IN_SHORT = 200, 24
#: By a part of it each of them asks more often than it would have to: some wait for their answers.
SPARE = 0.2
#: What it may grow by after that, in MB: by each 10,000 requests, and in an hour where there was one to see it in.
MB_EACH, MB_AN_HOUR = 1.0, 1.0
#: A run of fewer requests is over before the daemon is warm, and may grow by this in all.
ENOUGH, MB_IN_ALL = 200_000, 20.0
#: By so many descriptors, threads or tasks two looks may differ while nothing goes on.
PASSING = 5
#: In full, the two looks that are compared wait until the pool has closed the connections that nobody uses.
REST = IDLE_SECONDS + 5
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
    mb: float
    descriptors: int
    threads: int
    tasks: int


@dataclass
class Soak:
    daemon: Daemon
    load: Load
    #: How often the daemon is looked at.
    often: int
    looks: list[Look] = field(default_factory=list[Look])
    began: float = field(default_factory=time.monotonic)

    def run(self, wanted: int, seconds: float, rest: float) -> None:
        for part in range(1, self.often + 1):
            self.load.run(wanted * part // self.often)
            time.sleep(max(0.0, self.began + seconds * part / self.often - time.monotonic()))
            if part in (self.often // PARTS, self.often):
                time.sleep(rest)
            self.looks.append(self.look())

    def look(self) -> Look:
        """The daemon as it is now, when nobody asks it anything."""
        assert self.daemon.process is not None
        process = psutil.Process(self.daemon.process.pid)
        self._settle(process)
        seconds = time.monotonic() - self.began
        mb, tasks = process.memory_info().rss / 1e6, self._tasks(process)
        return Look(seconds, self.load.done, mb, process.num_fds(), process.num_threads(), tasks)

    def _settle(self, process: psutil.Process) -> None:
        """Until connections that were closed are gone, and no more of them go."""
        before = -1
        while (now := process.num_fds() + self._tasks(process)) != before:
            before = now
            time.sleep(0.2)

    def _tasks(self, process: psutil.Process) -> int:
        told = Path(self.daemon.environ["HOME"], "tasks")
        told.unlink(missing_ok=True)
        process.send_signal(signal.SIGUSR1)
        while not told.exists():
            time.sleep(0.01)
        return int(told.read_text())


def slope(at: list[float], mb: list[float]) -> float:
    """By how much the daemon grows from one to the next, by the line that is closest to all of them."""
    return statistics.linear_regression(at, mb).slope


@pytest.mark.long
@pytest.mark.timeout(SECONDS + 3_600)
def test_nothing_piles_up(home: dict[str, str], in_full: bool) -> None:
    with run_upstream() as upstream:
        upstream.plan(FAULTS)
        played = ("--set", f"providers.played.base_url={upstream.base_url('compatible')}")
        ports = ("--set", "http.enabled=true", "--set", "http.port=0")
        with running(home, *QUICKLY, *HASTY, *played, *ports, module="tests.end_to_end.counted_daemon") as daemon:
            _, status = daemon.call("GET", "/v1/status")
            _, made = daemon.call("POST", "/v1/tokens", {"name": "t"})
            port = int(status["daemon"]["listen"][0].rpartition(":")[2])
            pause = AT_ONCE * SECONDS / IN_FULL * (1 - SPARE) if in_full else 0.0
            load = Load(port, made["token"], "played/x", AT_ONCE if in_full else AT_ONCE_IN_SHORT, pause)
            soak = Soak(daemon, load, LOOKS if in_full else LOOKS_IN_SHORT)
            soak.run(IN_FULL if in_full else IN_SHORT, SECONDS if in_full else 0, REST if in_full else 0)
            _, after = daemon.call("GET", "/v1/status")
    print(json.dumps([look.__dict__ for look in soak.looks]), soak.load.statuses)
    warm = soak.looks[soak.often // PARTS - 1 :]
    first, last, mb = warm[0], warm[-1], [look.mb for look in warm]
    each = slope([look.requests / 10_000 for look in warm], mb)
    an_hour = slope([look.seconds / HOUR for look in warm], mb)
    print(f"{each:.2f} MB for 10,000 requests, {an_hour:.1f} MB an hour, {last.requests} in {last.seconds:.0f} s")
    assert after["daemon"]["streams"] == 0
    assert last.descriptors <= first.descriptors + (PASSING if in_full else AT_ONCE_IN_SHORT)
    assert last.threads <= first.threads + PASSING
    assert last.tasks <= first.tasks + PASSING
    if last.requests < ENOUGH:
        assert last.mb - first.mb < MB_IN_ALL
    else:
        assert each < MB_EACH
    if last.seconds >= HOUR:
        assert an_hour < MB_AN_HOUR
    assert set(soak.load.statuses) <= {0, 200, 429, 502, 503, 504}
    assert soak.load.statuses[200] > soak.load.done * 0.7
