"""Two are asked where the first is slow: one answers, the other is stopped and paid for."""

import asyncio
from random import Random

import pytest

from tests.triforce_daemon.simulated import SimulatedClock, SimulatedProvider, candidate
from triforce_daemon.errors import InvalidRequest, TriforceError, UpstreamFailed
from triforce_daemon.providers.health import SAMPLES, Health
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.routing.attempts import Attempts, Tally
from triforce_daemon.services.routing.budget import Budget
from triforce_daemon.services.routing.hedging import Hedging
from triforce_daemon.services.routing.seat import Seat
from triforce_daemon.settings import Routing

SLOW = candidate(SimulatedProvider("slow"))
FAST = candidate(SimulatedProvider("fast"))


class World:
    """`takes`: seconds in which each provider answers; an error instead: how it fails."""

    def __init__(self, share: float = 0.05, known: int = SAMPLES, **takes: float | TriforceError) -> None:
        self.takes = takes
        self.asked: list[str] = []
        self.stopped: list[str] = []
        self.discarded: list[str] = []
        clock = SimulatedClock()
        self.health = Health(clock)
        for _ in range(known):
            self.health.record(SLOW.id).began(0.01, streamed=True)
        attempts = Attempts(self.health, Budget(0.2), Routing(retries=0), clock, Random(1))
        self.hedging = Hedging(attempts, self.health, Budget(share, reserve=2), Tasks(), clock)

    async def go(self, seat: Seat) -> str:
        name = seat.candidate.provider.name
        self.asked.append(name)
        takes = self.takes[name]
        if isinstance(takes, TriforceError):
            raise takes
        try:
            await asyncio.sleep(takes)
        except asyncio.CancelledError:
            self.stopped.append(name)
            raise
        return name

    async def discard(self, result: str) -> None:
        self.discarded.append(result)

    async def run(self) -> str:
        return await self.hedging.run([SLOW, FAST], self.go, self.discard, Tally(), streamed=True)


async def test_the_faster_one_answers_and_the_other_is_stopped() -> None:
    world = World(slow=9, fast=0)
    assert await world.run() == "fast"
    assert (world.asked, world.stopped) == (["slow", "fast"], ["slow"])


async def test_who_answers_in_time_is_asked_alone() -> None:
    world = World(slow=0, fast=0)
    assert await world.run() == "slow"
    assert world.asked == ["slow"]


async def test_nobody_is_asked_twice_before_it_is_known_what_slow_means() -> None:
    world = World(slow=0.01, fast=0, known=3)
    assert await world.run() == "slow"
    assert world.asked == ["slow"]


async def test_the_extra_requests_stay_within_their_budget() -> None:
    world = World(slow=0.001, fast=9)
    for _ in range(200):
        await world.run()
    assert world.asked.count("fast") <= 2 + 0.05 * 200


async def test_one_that_fails_is_replaced_as_without_hedging() -> None:
    world = World(slow=UpstreamFailed("broken", upstream_status=500), fast=0)
    assert await world.run() == "fast"


async def test_where_both_fail_all_is_told() -> None:
    broken = UpstreamFailed("broken", upstream_status=500)
    with pytest.raises(UpstreamFailed, match="None of 2 candidates"):
        await World(slow=broken, fast=broken).run()


async def test_the_requests_own_fault_goes_nowhere_else() -> None:
    world = World(slow=InvalidRequest("no"), fast=0)
    with pytest.raises(InvalidRequest):
        await world.run()
    assert world.asked == ["slow"]


async def test_who_leaves_stops_both() -> None:
    world = World(slow=9, fast=9)
    task = asyncio.ensure_future(world.run())
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(world.stopped) == ["fast", "slow"]
