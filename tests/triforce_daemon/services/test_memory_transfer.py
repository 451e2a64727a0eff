"""Memory carried elsewhere: what goes out comes in again, whatever it is; what is there already does not."""

from collections.abc import AsyncIterator
from typing import Any, cast

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.triforce_daemon.services.memory_house import ANNA, BEN, MemoryHouse, memory_house
from triforce_daemon.errors import InvalidRequest


@pytest.fixture
async def house(folder: str) -> AsyncIterator[MemoryHouse]:
    async with memory_house(folder) as opened:
        yield opened


async def test_an_entry_goes_out_with_all_that_belongs_to_it(house: MemoryHouse) -> None:
    first = await house.add("one", tags=["t"], project="p")
    await house.memories.validate(ANNA, first["id"], {"verdict": "confirm"})
    second = await house.edit(first["id"], content="two")
    export = await house.transfer.export("anna", 9)
    [document] = export["items"]
    assert [version["id"] for version in document["versions"]] == [first["id"], second["id"]]
    assert [len(version["validations"]) for version in document["versions"]] == [1, 0]
    assert (export["next"], "forgotten" in document) == (None, False)


async def test_pages(house: MemoryHouse) -> None:
    ids = sorted([(await house.add(f"x{n}"))["id"] for n in range(5)])
    seen: list[str] = []
    after = None
    while True:
        page = await house.transfer.export("anna", 2, after)
        seen += [document["versions"][0]["id"] for document in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == ids


async def test_everything_holds_what_was_forgotten_too(house: MemoryHouse) -> None:
    entry = await house.add("x")
    await house.forgetting.clear(ANNA, {"ids": [entry["id"]], "dry_run": False})
    assert (await house.transfer.export("anna", 9))["items"] == []
    [document] = await house.transfer.all("anna")
    assert "forgotten" in document
    assert await house.transfer.all(BEN.account) == []


async def test_what_is_there_already_is_not_added_once_more(house: MemoryHouse) -> None:
    await house.add("one")
    await house.add("two")
    exported = (await house.transfer.export("anna", 9))["items"]
    again = await house.transfer.bring_in(ANNA, exported)
    assert (again["items"], again["duplicates"], again["change"]) == ([], 2, None)
    twice = await house.transfer.bring_in(BEN, [*exported, *exported])
    assert (len(twice["items"]), twice["duplicates"]) == (2, 2)
    assert len(await house.contents()) == len(await house.contents(BEN)) == 2


async def test_an_import_is_whole_or_not_at_all(house: MemoryHouse) -> None:
    await house.add("one")
    [sound] = (await house.transfer.export("anna", 9))["items"]
    for column, value in [
        ("content", " "), ("created", "no date"), ("expires", "x"), ("stated", 2), ("tags", [","]), ("project", "a\nb"),
        ("validations", [{"verdict": "confirm", "by": "x", "caller": "x", "reason": None, "at": "?", "confidence": 1}]),
    ]:  # fmt: skip
        broken = cast(Any, {**sound, "versions": [{**sound["versions"][0], column: value}]})
        with pytest.raises(InvalidRequest, match=r"`entries\.1`"):
            await house.transfer.bring_in(BEN, [sound, broken])
    assert await house.contents(BEN) == []


texts = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=40).filter(str.strip)
versions = st.fixed_dictionaries(
    {"content": texts},
    optional={
        "type": st.sampled_from(["fact", "decision", "code", "summary", "context", "todo"]),
        "importance": st.sampled_from(["low", "medium", "high", "critical"]),
        "confidence": st.floats(0, 1),
        "tags": st.lists(st.text("abc ÄÖ-_.", min_size=1, max_size=9).filter(str.strip), max_size=4),
        "project": st.none() | st.text("pqr/ _", max_size=9),
        "ttl_seconds": st.none() | st.integers(1, 10**9),
    },
)
verdicts = st.tuples(st.sampled_from(["confirm", "reject"]), texts, st.none() | texts)
histories = st.lists(st.tuples(versions, st.lists(verdicts, max_size=3)), min_size=1, max_size=3)


@settings(max_examples=30)
@given(kept=st.lists(histories, max_size=4))
async def test_what_goes_out_comes_in_again(folder: str, kept: list[list[tuple[Any, list[Any]]]]) -> None:
    """Through JSON, into another account: the same but for ids."""
    async with memory_house(f"{folder}/{abs(hash(str(kept)))}") as house:
        for history in kept:
            latest: str | None = None
            for version, said in history:
                latest = await written(house, latest, version)
                for verdict, by, reason in said:
                    request = cast(Any, {"verdict": verdict, "by": by, **({"reason": reason} if reason else {})})
                    await house.memories.validate(ANNA, latest, request)
        exported = orjson.loads(orjson.dumps((await house.transfer.export("anna", 99))["items"]))
        imported = await house.transfer.bring_in(BEN, exported)
        assert len(imported["items"]) + imported["duplicates"] == len(exported)
        once = {str(document): document for document in await house.everything()}
        if not imported["duplicates"]:
            assert await house.everything(BEN) == list(once.values())


async def written(house: MemoryHouse, latest: str | None, version: Any) -> str:
    if latest is None:
        return (await house.add(**version))["id"]
    try:
        return (await house.edit(latest, **version))["id"]
    except InvalidRequest as error:
        assert "otherwise" in error.message
        return latest
