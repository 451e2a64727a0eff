"""Forgetting: what fits and nothing else, first only said, and for good after a while."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from tests.triforce_daemon.services.memory_house import ANNA, BEN, KEEP_DAYS, MemoryHouse, memory_house
from triforce_daemon.errors import NotFound
from triforce_daemon.services import memory_forgetting
from triforce_daemon.wire.memory import MemoryCleared

DAY = 86_400


@pytest.fixture
async def house(folder: str) -> AsyncIterator[MemoryHouse]:
    async with memory_house(folder) as opened:
        yield opened


async def clear(house: MemoryHouse, **request: Any) -> MemoryCleared:
    return await house.forgetting.clear(ANNA, cast(Any, request))


async def test_without_a_word_it_is_only_said(house: MemoryHouse) -> None:
    entry = await house.add("x", project="p")
    cleared = await clear(house, project="p")
    assert (cleared["matched"], cleared["deleted"], cleared["change"]) == (1, 0, None)
    assert [one["id"] for one in cleared["items"]] == [entry["id"]]
    assert await house.contents() == ["x"]


@pytest.mark.parametrize(
    ("request_", "gone"),
    [
        ({"type": "code"}, {"b"}),
        ({"tags": ["T"]}, {"a", "b"}),
        ({"tags": ["t", "u"]}, {"b"}),
        ({"project": "p"}, {"a"}),
        ({"older_than_days": 1}, {"a", "b"}),
        ({"older_than_days": 1, "type": "fact"}, {"a"}),
        ({"project": "q"}, set()),
    ],
)
async def test_what_fits_is_forgotten_and_nothing_else(house: MemoryHouse, request_: Any, gone: set[str]) -> None:
    await house.add("a", tags=["t"], project="p")
    await house.add("b", tags=["t", "u"], type="code")
    house.clock.moment += 2 * DAY
    await house.add("c")
    await house.add("a", BEN, tags=["t"], project="p")
    cleared = await clear(house, **request_, dry_run=False)
    assert (cleared["matched"], cleared["deleted"]) == (len(gone), len(gone))
    assert set(await house.contents()) == {"a", "b", "c"} - gone
    assert await house.contents(BEN) == ["a"]


async def test_an_entry_goes_with_all_its_versions_whichever_is_named(house: MemoryHouse) -> None:
    first = await house.add("one")
    second = await house.edit(first["id"], content="two")
    other = await house.add("other")
    cleared = await clear(house, ids=[first["id"][:6], second["id"]], dry_run=False)
    assert (cleared["deleted"], [one["content"] for one in cleared["items"]]) == (1, ["two"])
    for id in (first["id"], second["id"]):
        with pytest.raises(NotFound):
            await house.memories.show(ANNA, id)
    with pytest.raises(NotFound):
        await clear(house, ids=[other["id"], first["id"]], dry_run=False)
    assert await house.contents() == ["other"], "all of them or none"


async def test_many_go_in_groups(house: MemoryHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_forgetting, "AT_ONCE", 3)
    for n in range(10):
        await house.add(f"x{n}", project="p")
    assert (await clear(house, project="p", dry_run=False))["deleted"] == 10
    assert await house.contents() == []
    house.clock.moment += (KEEP_DAYS + 1) * DAY
    await house.forgetting.purge()
    assert await house.everything() == []


async def test_what_is_over_is_deleted_after_a_while(house: MemoryHouse) -> None:
    entry = await house.add("gone")
    await house.edit(entry["id"], content="gone too")
    await house.add("ended", ttl_seconds=60)
    await house.add("kept")
    await clear(house, ids=[entry["id"]], dry_run=False)
    house.clock.moment += KEEP_DAYS * DAY
    await house.forgetting.purge()
    assert len(await house.everything()) == 3
    house.clock.moment += 61
    await house.forgetting.purge()
    [left] = await house.everything()
    assert [version["content"] for version in left["versions"]] == ["kept"]
