"""Whose turn it is at a host, in simulated time."""

import asyncio
from itertools import pairwise

import pytest

from tests.triforce_daemon.simulated import SimulatedClock
from triforce_daemon.errors import UpstreamTimeout
from triforce_daemon.services.web import host_turns
from triforce_daemon.services.web.host_turns import HostTurns


async def test_one_after_the_other_with_a_pause_between() -> None:
    clock = SimulatedClock()
    turns, inside, order = HostTurns(clock), 0, list[tuple[str, float]]()

    async def ask(host: str) -> None:
        nonlocal inside
        async with turns.turn(host, 2.0):
            inside += host == "a"
            assert inside <= 1
            order.append((host, clock.ticks()))
            await asyncio.sleep(0)
            inside -= host == "a"

    await asyncio.gather(*(ask(host) for host in ("a", "a", "b", "a")))
    assert [host for host, _ in order] == ["a", "b", "a", "a"]
    moments = [moment for host, moment in order if host == "a"]
    assert [later - earlier for earlier, later in pairwise(moments)] == [2.0, 2.0]


async def test_one_that_fails_gives_its_turn_on() -> None:
    clock = SimulatedClock()
    turns = HostTurns(clock)
    with pytest.raises(ValueError, match="odd"):
        async with turns.turn("a", 1.0):
            raise ValueError("odd")
    async with turns.turn("a", 1.0):
        assert clock.slept == [1.0]


async def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_turns, "_PATIENCE_SECONDS", 0.01)
    turns = HostTurns(SimulatedClock())
    async with turns.turn("a", 0):
        with pytest.raises(UpstreamTimeout, match="So many read a"):
            async with turns.turn("a", 0):
                pass
    async with turns.turn("a", 0):
        pass


async def test_hosts_that_nobody_waits_for_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_turns, "_REMEMBERED", 4)
    clock = SimulatedClock()
    turns = HostTurns(clock)
    for number in range(20):
        async with turns.turn(f"host{number}", 1.0):
            clock.moment += 0.5
    assert len(turns._hosts) <= 5  # pyright: ignore[reportPrivateUsage]
