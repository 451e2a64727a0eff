"""Entries of memory: kept once, changed by versions, judged, and each account's own."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.triforce_daemon.services.memory_house import ANNA, BEN, MemoryHouse, memory_house
from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import AmbiguousId, Conflict, InvalidRequest, NotFound
from triforce_daemon.runtime.clock import rfc3339


@pytest.fixture
async def house(folder: str) -> AsyncIterator[MemoryHouse]:
    async with memory_house(folder) as opened:
        yield opened


async def test_an_entry_is_what_was_said_and_what_goes_without_saying(house: MemoryHouse) -> None:
    stored = await house.add(" Größe: 5 \n", tags=["B", "a ", "b"], project=" Orion ", ttl_seconds=60)
    now = house.clock.now_ms()
    assert stored == {
        "schema": "triforce.memory.add/1",
        "id": stored["id"],
        "type": "fact",
        "content": " Größe: 5 \n",
        "confidence": 0.8,
        "importance": "medium",
        "tags": ["a", "b"],
        "project": "Orion",
        "version": 1,
        "previous_id": None,
        "by": "anna",
        "created": rfc3339(now),
        "expires": rfc3339(now + 60_000),
        "duplicate_of": None,
        "change": stored["change"],
    }
    shown = await house.memories.show(ANNA, stored["id"][:5])
    assert {name: shown[name] for name in stored if name in shown and name != "schema"} == {
        name: value for name, value in stored.items() if name not in ("duplicate_of", "change", "schema")
    }
    assert shown["current_id"] == stored["id"]
    assert shown["confidence_scores"] == [{"at": rfc3339(now), "value": 0.8, "why": "stated", "by": "anna"}]
    assert shown["validations"] == []


async def test_what_is_there_already_is_not_kept_twice(house: MemoryHouse) -> None:
    first = await house.add("The  port is 9100.", tags=["net"])
    again = await house.add("The  port is 9100.", tags=["net"])
    assert (again["id"], again["duplicate_of"], again["change"]) == (first["id"], first["id"], None)
    assert await house.contents() == ["The  port is 9100."]


async def test_what_is_new_about_it_makes_a_version(house: MemoryHouse) -> None:
    first = await house.add("The port is 9100.", tags=["net"], ttl_seconds=60, importance="high", confidence=0.9)
    again = await house.add("The port\nis 9100. ", tags=["tls"], importance="low", confidence=0.2)
    assert (again["duplicate_of"], again["version"], again["previous_id"]) == (first["id"], 2, first["id"])
    assert (again["tags"], again["importance"], again["confidence"]) == (["net", "tls"], "high", 0.9)
    assert (again["expires"], again["content"]) == (None, "The port\nis 9100. ")


async def test_what_only_looks_alike_is_another_entry(house: MemoryHouse) -> None:
    for content, more in [
        ("a  b", {}),
        ("A b", {}),
        ("a b!", {}),
        ("a  b", {"project": "p"}),
        ("a  b", {"type": "todo"}),
        ("a  b", {"type": "code"}),
        ("a b", {"type": "code"}),
    ]:
        assert (await house.add(content, **more))["duplicate_of"] is None
    assert (await house.add("a  b", BEN))["duplicate_of"] is None
    assert (await house.add("\na  b  ", type="code"))["duplicate_of"] is not None


async def test_an_update_is_a_new_version(house: MemoryHouse) -> None:
    first = await house.add("The port is 9100.", tags=["net"])
    second = await house.edit(first["id"], content="The port is 443.", confidence=0.5)
    assert (second["version"], second["previous_id"], second["tags"]) == (2, first["id"], ["net"])
    third = await house.edit(second["id"], tags=[], project="p", type="decision", importance="critical", ttl_seconds=9)
    assert (third["content"], third["confidence"], third["tags"]) == ("The port is 443.", 0.5, [])
    for id in (first["id"], third["id"]):
        history = await house.history(id)
        assert [one["content"] for one in history["items"]] == ["The port is 9100.", *["The port is 443."] * 2]
    assert (await house.memories.show(ANNA, first["id"]))["current_id"] == third["id"]
    assert await house.contents(query="9100") == []
    assert await house.contents(query="443") == ["The port is 443."]


async def test_only_the_latest_version_is_changed(house: MemoryHouse) -> None:
    first = await house.add("one")
    second = await house.edit(first["id"], content="two")
    with pytest.raises(Conflict, match=first["id"]) as refused:
        await house.edit(first["id"], content="three")
    assert second["id"] in str(refused.value.hint)
    for change in ({}, {"content": "two"}, {"tags": []}):
        with pytest.raises(InvalidRequest, match="otherwise"):
            await house.edit(second["id"], **change)


async def test_of_two_at_once_one_comes_too_late(house: MemoryHouse) -> None:
    first = await house.add("one")
    done = await asyncio.gather(*(house.edit(first["id"], content=f"by {n}") for n in range(5)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Conflict"] * 4 + ["dict"]
    assert len((await house.history(first["id"]))["items"]) == 2


async def test_verdicts_move_confidence(house: MemoryHouse) -> None:
    entry = await house.add("x", confidence=0.5)
    said = await house.memories.validate(ANNA, entry["id"], {"verdict": "confirm", "by": "gemini", "reason": " seen "})
    assert (said["confidence"], said["validated_by"]) == (0.625, ["gemini"])
    said = await house.memories.validate(ANNA, entry["id"], {"verdict": "reject"})
    assert (said["confidence"], said["validated_by"]) == (0.3125, ["gemini"])
    shown = await house.memories.show(ANNA, entry["id"])
    assert shown["confidence"] == 0.3125
    assert [(one["why"], one["value"], one["by"]) for one in shown["confidence_scores"]] == [
        ("stated", 0.5, "anna"),
        ("confirm", 0.625, "gemini"),
        ("reject", 0.3125, "anna"),
    ]
    assert [(one["by"], one["caller"], one["reason"]) for one in shown["validations"]] == [
        ("gemini", "anna", "seen"),
        ("anna", "anna", None),
    ]


async def test_who_speaks_again_is_heard_once(house: MemoryHouse) -> None:
    entry = await house.add("x", confidence=0.5)
    for _ in range(4):
        said = await house.memories.validate(ANNA, entry["id"], {"verdict": "confirm"})
        assert said["confidence"] == 0.625
    said = await house.memories.validate(ANNA, entry["id"], {"verdict": "reject"})
    assert (said["confidence"], said["validated_by"]) == (0.25, [])
    with pytest.raises(InvalidRequest, match="reason"):
        await house.memories.validate(ANNA, entry["id"], {"verdict": "reject", "reason": "x" * 2_001})


async def test_many_verdicts_at_once_all_count(house: MemoryHouse) -> None:
    entry = await house.add("x", confidence=0.0)
    asked = (house.memories.validate(ANNA, entry["id"], {"verdict": "confirm", "by": f"m{n}"}) for n in range(6))
    await asyncio.gather(*asked)
    expected = 0.0
    for _ in range(6):
        expected = round(expected + (1 - expected) / 4, 4)
    assert (await house.memories.show(ANNA, entry["id"]))["confidence"] == expected


async def test_what_has_ended_is_gone(house: MemoryHouse) -> None:
    entry = await house.add("x", ttl_seconds=60)
    kept = await house.add("y", ttl_seconds=60)
    longer = await house.edit(kept["id"], ttl_seconds=None)
    house.clock.moment += 61
    assert await house.contents() == ["y"]
    with pytest.raises(NotFound, match="ended"):
        await house.memories.show(ANNA, entry["id"])
    # An earlier version had an end that does not count any more.
    assert (await house.memories.show(ANNA, kept["id"]))["current_id"] == longer["id"]
    assert (await house.add("x"))["duplicate_of"] is None


async def test_each_account_has_its_own(house: MemoryHouse) -> None:
    mine = await house.add("secret")
    for caller in (BEN, Caller("token", "token/t", token="t")):
        assert await house.contents(caller) == await house.contents(caller, query="secret") == []
        with pytest.raises(NotFound):
            await house.memories.show(caller, mine["id"])
        with pytest.raises(NotFound):
            await house.edit(mine["id"], caller, content="x")
        with pytest.raises(NotFound):
            await house.memories.validate(caller, mine["id"], {"verdict": "reject"})
    # A user and his tokens are one account.
    await house.add("of ben", BEN)
    assert await house.contents(Caller("token", "user/ben/t", token="t", user="b")) == ["of ben"]


async def test_an_id_may_be_begun(house: MemoryHouse) -> None:
    ids = [(await house.add(f"x{n}"))["id"] for n in range(40)]
    shared = next(a for a in ids if sum(b[0] == a[0] for b in ids) > 1)
    with pytest.raises(AmbiguousId):
        await house.memories.find(ANNA, shared[0])
    for prefix in ("", "%", "_"):
        with pytest.raises(NotFound):
            await house.memories.find(ANNA, prefix)
