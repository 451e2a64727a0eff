"""When a connection's time is up."""

import asyncio

from triforce_daemon.listeners.pace import Pace


class Watched:
    def __init__(self) -> None:
        self.told: list[float] = []
        self.read_paused = False
        self._loop = asyncio.get_running_loop()
        self._begun = self._loop.time()
        self.pace = Pace(self._loop, self._tell, self)

    def _tell(self) -> None:
        self.told.append(self._loop.time() - self._begun)


async def test_it_is_told_once() -> None:
    watched = Watched()
    watched.pace.start(0.03)
    await asyncio.sleep(0.1)
    (when,) = watched.told
    assert 0.028 <= when < 0.09


async def test_who_is_done_in_time_is_left_alone() -> None:
    watched = Watched()
    for _ in range(5):
        watched.pace.start(0.04)
        await asyncio.sleep(0.02)
    watched.pace.stop()
    await asyncio.sleep(0.06)
    assert watched.told == []


async def test_a_shorter_time_after_a_longer_one_counts() -> None:
    watched = Watched()
    watched.pace.start(30)
    watched.pace.start(0.02)
    await asyncio.sleep(0.06)
    assert len(watched.told) == 1


async def test_bytes_are_worth_time() -> None:
    watched = Watched()
    watched.pace.start(0.02, 1_000)
    watched.pace.taken += 80
    await asyncio.sleep(0.06)
    assert watched.told == []
    await asyncio.sleep(0.08)
    assert len(watched.told) == 1
    assert watched.told[0] >= 0.099


async def test_nobody_is_late_while_this_side_does_not_read() -> None:
    watched = Watched()
    watched.read_paused = True
    watched.pace.start(0.02)
    await asyncio.sleep(0.06)
    assert watched.told == []
    watched.read_paused = False
    await asyncio.sleep(0.06)
    assert len(watched.told) == 1


async def test_after_the_end_there_is_nothing_to_tell() -> None:
    watched = Watched()
    watched.pace.start(0.01)
    watched.pace.close()
    await asyncio.sleep(0.03)
    assert watched.told == []
