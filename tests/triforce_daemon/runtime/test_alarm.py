"""A deadline that moves."""

import asyncio

from triforce_daemon.runtime.alarm import Alarm


class CountingLoop:
    """The running loop, which counts the timers that it is asked for."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.timers = 0

    def time(self) -> float:
        return self.loop.time()

    def call_at(self, *arguments: object) -> asyncio.TimerHandle:
        self.timers += 1
        return self.loop.call_at(*arguments)  # type: ignore[arg-type]


async def test_it_rings_once_at_the_last_time_that_was_set() -> None:
    loop = CountingLoop()
    rings: list[float] = []
    alarm = Alarm(loop, lambda: rings.append(loop.time()))  # type: ignore[arg-type]
    began = loop.time()
    alarm.set(began + 5)
    alarm.set(began + 0.02)
    alarm.set(began + 0.06)
    await asyncio.sleep(0.1)
    assert len(rings) == 1
    assert 0.059 <= rings[0] - began < 0.09


async def test_a_thousand_requests_cost_one_timer() -> None:
    loop = CountingLoop()
    alarm = Alarm(loop, lambda: None)  # type: ignore[arg-type]
    for _ in range(1_000):
        alarm.set(loop.time() + 120)
        alarm.set(None)
    assert loop.timers == 1
    alarm.cancel()


async def test_it_does_not_ring_when_the_time_was_taken_back() -> None:
    rings: list[int] = []
    alarm = Alarm(asyncio.get_running_loop(), lambda: rings.append(1))
    alarm.set(asyncio.get_running_loop().time() + 0.01)
    alarm.set(None)
    await asyncio.sleep(0.03)
    alarm.set(asyncio.get_running_loop().time() + 0.01)
    alarm.cancel()
    await asyncio.sleep(0.03)
    assert rings == []
