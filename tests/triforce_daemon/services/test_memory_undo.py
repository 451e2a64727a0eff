"""Every change of memory taken back, and given again; what was built upon stays and is named."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.triforce_daemon.services.memory_house import ANNA, BEN, MemoryHouse, memory_house
from triforce_daemon.errors import NotFound
from triforce_daemon.services import memory_undo
from triforce_daemon.wire.memory import MemoryUndone


@pytest.fixture
async def house(folder: str) -> AsyncIterator[MemoryHouse]:
    async with memory_house(folder) as opened:
        yield opened


async def undo(house: MemoryHouse, change: str | None) -> MemoryUndone:
    assert change is not None
    return await house.undoing.undo(ANNA, change)


async def forget(house: MemoryHouse, **request: Any) -> str:
    cleared = await house.forgetting.clear(ANNA, cast(Any, {**request, "dry_run": False}))
    assert cleared["change"] is not None
    return cleared["change"]


async def test_what_was_added_goes_and_comes_back(house: MemoryHouse) -> None:
    stored = await house.add("x")
    undone = await undo(house, stored["change"])
    assert (undone["undone"], undone["kept"], await house.contents()) == ([stored["id"]], [], [])
    again = await undo(house, stored["change"])
    assert (again["undone"], again["kept"][0]["reason"], again["change"]) == ([], "It is forgotten already.", None)
    await undo(house, undone["change"])
    assert await house.contents() == ["x"]


async def test_the_version_before_is_current_again(house: MemoryHouse) -> None:
    first = await house.add("one")
    second = await house.edit(first["id"], content="two")
    undone = await undo(house, second["change"])
    assert await house.contents(query="one") == ["one"]
    assert len((await house.history(first["id"]))["items"]) == 1
    await undo(house, undone["change"])
    assert await house.contents(query="two") == ["two"] and await house.contents(query="one") == []
    await undo(house, second["change"])
    third = await house.edit(first["id"], content="three")
    assert (third["version"], third["previous_id"]) == (3, first["id"]), "numbers are used once"


async def test_what_was_built_upon_stays(house: MemoryHouse) -> None:
    first = await house.add("one")
    second = await house.edit(first["id"], content="two")
    third = await house.edit(second["id"], content="three")
    for change, id in ((first["change"], first["id"]), (second["change"], second["id"])):
        undone = await undo(house, change)
        assert (undone["undone"], undone["change"]) == ([], None)
        assert undone["kept"] == [{"id": id, "reason": "It was changed since."}]
    redo = await undo(house, third["change"])
    await house.edit(second["id"], content="other")
    assert (await undo(house, redo["change"]))["kept"][0]["reason"] == "It was changed since."
    assert await house.contents() == ["other"]


async def test_what_was_forgotten_comes_back_with_its_versions(
    house: MemoryHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_undo, "AT_ONCE", 2)
    entries = [await house.add(f"x{n}", project="p") for n in range(5)]
    await house.edit(entries[0]["id"], content="changed")
    before = await house.everything()
    change = await forget(house, project="p")
    assert await house.contents() == []
    undone = await undo(house, change)
    assert len(undone["undone"]) == 5
    assert await house.everything() == before
    assert await house.contents(query="changed") == ["changed"]


async def test_a_verdict_is_unsaid(house: MemoryHouse) -> None:
    entry = await house.add("x", confidence=0.5)
    first = await house.memories.validate(ANNA, entry["id"], {"verdict": "confirm"})
    second = await house.memories.validate(ANNA, entry["id"], {"verdict": "reject", "by": "ben"})
    await undo(house, first["change"])
    shown = await house.memories.show(ANNA, entry["id"])
    assert (shown["confidence"], [one["by"] for one in shown["validations"]]) == (0.25, ["ben"])
    await undo(house, second["change"])
    assert (await house.memories.show(ANNA, entry["id"]))["confidence"] == 0.5


async def test_an_import_goes_as_it_came(house: MemoryHouse) -> None:
    first = await house.add("one")
    await house.edit(first["id"], content="two")
    exported = await house.transfer.export("anna", 9)
    imported = await house.transfer.bring_in(BEN, exported["items"])
    assert imported["change"] is not None
    assert (await house.undoing.undo(BEN, imported["change"]))["kept"] == []
    assert (await house.contents(BEN), await house.contents()) == ([], ["two"])


async def test_nobody_undoes_what_is_anothers(house: MemoryHouse) -> None:
    stored = await house.add("x")
    for caller, change in ((BEN, stored["change"]), (ANNA, "no such change")):
        with pytest.raises(NotFound):
            await house.undoing.undo(caller, str(change))
    assert await house.contents() == ["x"]


@settings(max_examples=25)
@given(steps=st.lists(st.tuples(st.sampled_from(["add", "edit", "forget", "judge"]), st.integers(0, 3)), max_size=8))
async def test_all_undone_in_reverse_is_as_it_was(folder: str, steps: list[tuple[str, int]]) -> None:
    async with memory_house(f"{folder}/{abs(hash(str(steps)))}") as house:
        changes: list[str] = []
        seen: list[list[str]] = [[]]
        for number, (what, which) in enumerate(steps):
            ids = [hit["id"] for hit in (await house.searching.find(ANNA, {}))["items"]]
            if what == "add" or not ids:
                change = (await house.add(f"x{number}"))["change"]
            elif what == "edit":
                change = (await house.edit(ids[which % len(ids)], content=f"y{number}"))["change"]
            elif what == "forget":
                change = await forget(house, ids=[ids[which % len(ids)]])
            else:
                said = await house.memories.validate(
                    ANNA, ids[which % len(ids)], {"verdict": "reject", "by": str(number)}
                )
                change = said["change"]
            changes.append(str(change))
            seen.append(await state(house))
        for change in reversed(changes):
            assert seen.pop() == await state(house)
            assert (await undo(house, change))["kept"] == []
        assert await state(house) == seen[0]


async def state(house: MemoryHouse) -> list[str]:
    hits = (await house.searching.find(ANNA, {}))["items"]
    found = await house.contents(query=" ".join(hit["content"] for hit in hits)) if hits else []
    assert sorted(found) == sorted(hit["content"] for hit in hits), "the index knows what is current"
    return sorted(f"{hit['content']} {hit['confidence']} {hit['version']}" for hit in hits)
