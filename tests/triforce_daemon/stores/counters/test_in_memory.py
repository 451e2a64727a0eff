"""What only a daemon that counts alone does; the rest is in `test_counters`."""

import pytest

from tests.triforce_daemon.stores.counters.conftest import Ledger
from triforce_daemon.errors import StorageFailed
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.stores.counters import in_memory
from triforce_daemon.stores.counters.counters import Ask, Lease, Past, Scope
from triforce_daemon.stores.counters.in_memory import InMemory


async def test_only_who_has_nothing_under_way_is_forgotten(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_memory, "REMEMBERED", 100)
    counters = InMemory(ledger.remember, Clock())
    held = await counters.reserve("held", [Scope("user/0", parallel=1)], [Ask(0, 0)])
    for n in range(1, 300):
        lease = await counters.reserve(f"r{n}", [Scope(f"user/{n}", parallel=1)], [Ask(0, 0)])
        assert isinstance(lease, Lease)
        counters.settle(lease, 0, 0)
    assert isinstance(held, Lease)
    assert not isinstance(await counters.reserve("more", [Scope("user/0", parallel=1)], [Ask(0, 0)]), Lease)
    assert ledger.asked.count("user/0") == 1
    await counters.read([Scope("user/1", parallel=1)])
    assert ledger.asked.count("user/1") == 2


async def test_where_the_ledger_cannot_be_read_nobody_gets_in_and_the_next_may() -> None:
    broken = True

    async def remember(_: Scope) -> Past:
        if broken:
            raise StorageFailed("The database could not be read.")
        return Past()

    counters = InMemory(remember, Clock())
    with pytest.raises(StorageFailed):
        await counters.reserve("r", [Scope("user/anna", tokens=1)], [Ask(0, 0)])
    broken = False
    assert isinstance(await counters.reserve("r", [Scope("user/anna", tokens=1)], [Ask(0, 0)]), Lease)


async def test_who_is_forgotten_while_another_one_is_asked_for_is_asked_for_again() -> None:
    asked = list[str]()

    async def remember(scope: Scope) -> Past:
        asked.append(scope.key)
        if asked == ["user/anna", "daemon"]:
            await counters.forget("user/anna")
        return Past(tokens=len(asked))

    counters = InMemory(remember, Clock())
    lease = await counters.reserve("r", [Scope("user/anna", tokens=9), Scope("daemon", tokens=9)], [Ask(0, 0)])
    assert asked == ["user/anna", "daemon", "user/anna"]
    assert [standing.tokens for standing in lease.standings] == [3, 2]
