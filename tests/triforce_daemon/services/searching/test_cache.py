"""What is found again: for whom, how long, how much of it."""

from tests.triforce_daemon.simulated import SimulatedClock
from triforce_daemon.services.searching import cache
from triforce_daemon.services.searching.cache import SearchCache
from triforce_daemon.services.searching.source import Found

SOMETHING = Found([])


def test_it_is_the_callers_own_and_ends() -> None:
    clock = SimulatedClock()
    kept = SearchCache(clock, 10)
    kept.put("anna", "q", SOMETHING)
    assert kept.get("anna", "q") is SOMETHING
    assert kept.get("ben", "q") is None and kept.get("anna", "other") is None
    clock.moment += 10
    assert kept.get("anna", "q") is None


def test_it_is_bounded_for_each_and_for_all() -> None:
    kept = SearchCache(SimulatedClock(), 10)
    kept.put("ben", "first", SOMETHING)
    for number in range(cache._OF_ONE + 5):  # pyright: ignore[reportPrivateUsage]
        kept.put("anna", number, SOMETHING)
    assert kept.get("anna", 4) is None and kept.get("anna", 5) is SOMETHING
    assert kept.get("ben", "first") is SOMETHING, "one who asks much takes nothing from others"
    for number in range(cache._OF_ALL):  # pyright: ignore[reportPrivateUsage]
        kept.put(f"user{number}", "q", SOMETHING)
    assert len(kept._kept) == cache._OF_ALL  # pyright: ignore[reportPrivateUsage]


def test_it_can_be_switched_off() -> None:
    kept = SearchCache(SimulatedClock(), 0)
    kept.put("anna", "q", SOMETHING)
    assert kept.get("anna", "q") is None
