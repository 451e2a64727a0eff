"""Memory searched: by words, by meaning where there is a model, and honest about what it did."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from tests.triforce_daemon.services.memory_house import ANNA, BEN, MemoryHouse, memory_house
from triforce_daemon.errors import ProviderUnavailable
from triforce_daemon.wire.memory import MemoryResult


@pytest.fixture
async def house(folder: str) -> AsyncIterator[MemoryHouse]:
    async with memory_house(folder) as opened:
        yield opened


async def find(house: MemoryHouse, **query: Any) -> MemoryResult:
    return await house.searching.find(ANNA, cast(Any, query))


async def test_words_find_entries_with_scores(house: MemoryHouse) -> None:
    await house.add("The ledger is kept in PostgreSQL.", tags=["db"], project="orion")
    await house.add("Cats sleep.")
    result = await find(house, query="postgresql ledger", mode="text")
    assert (result["mode"], result["remark"], result["next"]) == ("text", None, None)
    [hit] = result["items"]
    assert (hit["content"], hit["tags"], hit["project"]) == ("The ledger is kept in PostgreSQL.", ["db"], "orion")
    assert hit["score"] is not None and hit["score"] > 0
    assert (await house.searching.find(BEN, {"query": "ledger"}))["items"] == []


async def test_without_a_question_the_newest_come_first_in_pages(house: MemoryHouse) -> None:
    for n in range(5):
        house.clock.moment += 1
        await house.add(f"x{n}", type="todo" if n % 2 else "fact")
    result = await find(house, limit=2)
    assert [(hit["content"], hit["score"]) for hit in result["items"]] == [("x4", None), ("x3", None)]
    seen = result["items"]
    while result["next"]:
        result = await find(house, limit=2, after=result["next"])
        seen += result["items"]
    assert [hit["content"] for hit in seen] == ["x4", "x3", "x2", "x1", "x0"]
    assert await house.contents(type="todo", query="  ") == ["x3", "x1"]


async def test_filters(house: MemoryHouse) -> None:
    await house.add("x old", tags=["a", "b"], confidence=0.9)
    house.clock.moment += 7_200
    await house.add("x new", tags=["b", "c"], confidence=0.3, project="p", type="code")
    for narrow, expected in [
        ({"tags": ["B"]}, {"x old", "x new"}),
        ({"tags": ["a", "c"]}, set()),
        ({"tags": ["a", "c"], "tag_mode": "any"}, {"x old", "x new"}),
        ({"project": "p"}, {"x new"}),
        ({"type": "code"}, {"x new"}),
        ({"min_confidence": 0.5}, {"x old"}),
        ({"max_age_hours": 1}, {"x new"}),
        ({"max_age_hours": 3}, {"x old", "x new"}),
    ]:
        for query in ({}, {"query": "x"}):
            assert set(await house.contents(**narrow, **query)) == expected, narrow


async def test_without_a_model_both_kinds_are_one_and_it_says_so(house: MemoryHouse) -> None:
    await house.add("The ledger is kept in PostgreSQL.")
    result = await find(house, query="ledger")
    assert (result["mode"], len(result["items"])) == ("text", 1)
    assert result["remark"] is not None and "Searched by words alone." in result["remark"]
    with pytest.raises(ProviderUnavailable):
        await find(house, query="ledger", mode="vector")


async def test_of_a_long_question_the_beginning_counts(house: MemoryHouse) -> None:
    await house.add("needle")
    hay = " ".join(f"w{n}" for n in range(40))
    assert (await find(house, query=f"needle {hay}", mode="text"))["items"]
    result = await find(house, query=f"{hay} needle", mode="text")
    assert (result["items"], result["remark"]) == ([], "Only the first 32 words were looked for.")


async def test_meaning_is_found_in_other_words_and_tongues(folder: str) -> None:
    """With the real model."""
    async with memory_house(folder, embeddings=True) as house:
        await house.add("We store the accounting records in PostgreSQL.")
        await house.add("Kochrezept: Kartoffeln eine Stunde im Ofen backen.")
        await house.add("The deployment runs on Fridays.", type="decision")
        await house.vectors.fill_once()
        question = "Welche Datenbank enthält die Buchhaltung?"
        assert (await find(house, query=question, mode="text"))["items"] == []
        result = await find(house, query=question, mode="vector", limit=1)
        assert (result["mode"], result["items"][0]["content"][:8]) == ("vector", "We store")
        result = await find(house, query="how long do potatoes take?")
        assert (result["mode"], result["remark"]) == ("hybrid", None)
        assert result["items"][0]["content"].startswith("Kochrezept")
        # What both kinds find stands before what one of them does.
        result = await find(house, query="deployment")
        assert result["items"][0]["content"].startswith("The deployment")
        decisions = await house.contents(query=question, mode="vector", type="decision")
        assert decisions == ["The deployment runs on Fridays."]
        assert (await house.searching.find(BEN, {"query": question, "mode": "vector"}))["items"] == []
