"""Another process holds the database: who wants to write waits as long as the settings say, and nobody else notices."""

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon, serve

#: Takes the lock, says so, and holds it until its standard input ends.
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("begin exclusive")
print("held", flush=True)
sys.stdin.read()
connection.execute("rollback")
"""
#: Where nothing else runs; what else runs here is measured before.
STALL_SECONDS = 0.05


@contextmanager
def held(path: str) -> Iterator[None]:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", HOLDER, path], stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None and process.stdin is not None
        assert process.stdout.readline() == b"held\n"
        yield
        process.stdin.close()
        process.wait(10)


class Stalls:
    """The longest time for which the event loop did not turn."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def __aenter__(self) -> "Stalls":
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _watch(self) -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.005)
            self.longest = max(self.longest, time.perf_counter() - begun - 0.005)


async def looked(served: ServedDaemon, seconds: float) -> float:
    """How long the loop stood still at most while the daemon was read from for so long."""
    ends = time.perf_counter() + seconds
    async with Stalls() as stalls:
        while time.perf_counter() < ends:
            for path in ("/v1/health", "/v1/sessions", "/v1/usage"):
                status, _ = await served.get(path)
                assert status == 200
    return stalls.longest


@pytest.mark.long
@pytest.mark.timeout(60)
async def test_a_lock_of_another_process_holds_up_writes_alone(folder: str, in_full: bool) -> None:
    patience, lock_seconds = (5.0, 10.0) if in_full else (0.5, 1.2)
    async with serve(folder, database__busy_seconds=str(patience)) as served:
        # A machine that has no processor for the daemon looks like a loop that stands still, but not each time.
        for last in (*[False] * 5, True):
            usual = await looked(served, 0.5)
            with held(served.places.database):
                begun = time.perf_counter()
                writing = asyncio.create_task(served.post("/v1/tokens", {"name": "late"}))
                longest = await looked(served, lock_seconds)
                status, refused = await writing
                waited = time.perf_counter() - begun
            assert (status, refused["error"]["code"]) == (507, "storage_failed")
            assert waited < lock_seconds + patience
            if last or longest < max(STALL_SECONDS, 3 * usual):
                break
        assert longest < max(STALL_SECONDS, 3 * usual)
        assert (await served.post("/v1/tokens", {"name": "now"}))[0] == 200
        with closing(sqlite3.connect(served.places.database)) as connection, connection:
            assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
