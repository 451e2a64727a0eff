"""Prompts under names: versions, tags, gaps, and that each is his who made it."""

from collections.abc import AsyncIterator

import pytest

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import Conflict, InvalidRequest, PromptNotFound
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.prompts import MOST_VERSIONS, Prompts
from triforce_daemon.stores.prompts import PromptStore
from triforce_daemon.stores.sqlite.database import SqliteDatabase

ANNA = Caller(kind="user", name="user/anna", user="a")
BEN = Caller(kind="user", name="user/ben", user="b")


@pytest.fixture
async def prompts(folder: str) -> AsyncIterator[Prompts]:
    database = SqliteDatabase(f"{folder}/t.db", "normal", 5)
    await database.open()
    yield Prompts(PromptStore(database), Clock())
    await database.close()


async def test_a_prompt_has_versions(prompts: Prompts) -> None:
    first = await prompts.put(ANNA, "review", {"content": "Review {{input}}.", "tags": ["work", "code", "work"]})
    assert (first["version"], first["tags"], first["variables"]) == (1, ["code", "work"], ["input"])
    second = await prompts.put(ANNA, "review", {"content": "Review this: {{input}}"})
    assert (second["version"], second["tags"], second["versions"]) == (2, ["code", "work"], [1, 2])
    assert (await prompts.get(ANNA, "review"))["content"] == "Review this: {{input}}"
    assert (await prompts.get(ANNA, "review", 1))["content"] == "Review {{input}}."
    with pytest.raises(PromptNotFound, match="no version 3"):
        await prompts.get(ANNA, "review", 3)


async def test_the_same_again_is_no_new_version(prompts: Prompts) -> None:
    for tags in (["a"], ["a"], ["b"], []):
        last = await prompts.put(ANNA, "x", {"content": "text", "tags": tags})
    assert last["version"] == 3


async def test_old_versions_are_forgotten(prompts: Prompts) -> None:
    for number in range(MOST_VERSIONS + 2):
        await prompts.put(ANNA, "x", {"content": str(number)})
    versions = (await prompts.get(ANNA, "x"))["versions"]
    assert (versions[0], versions[-1], len(versions)) == (3, MOST_VERSIONS + 2, MOST_VERSIONS)


async def test_they_are_listed_by_name_and_tag(prompts: Prompts) -> None:
    await prompts.put(ANNA, "b", {"content": "1", "tags": ["work"]})
    await prompts.put(ANNA, "a", {"content": "1"})
    await prompts.put(ANNA, "a", {"content": "22"})
    items = (await prompts.all(ANNA))["items"]
    assert [(one["name"], one["version"], one["size"]) for one in items] == [("a", 2, 2), ("b", 1, 1)]
    assert [one["name"] for one in (await prompts.all(ANNA, "work"))["items"]] == ["b"]


async def test_gaps_are_filled_and_missing_ones_named(prompts: Prompts) -> None:
    await prompts.put(ANNA, "x", {"content": "{{a}} {{b}}"})
    rendered = await prompts.render(ANNA, "x", {"variables": {"a": "1"}})
    assert (rendered["text"], rendered["missing"], rendered["version"]) == ("1 {{b}}", ["b"], 1)


async def test_what_is_annas_is_not_bens(prompts: Prompts) -> None:
    await prompts.put(ANNA, "x", {"content": "hers"})
    assert (await prompts.all(BEN))["items"] == []
    for asking in (prompts.get(BEN, "x"), prompts.delete(BEN, "x"), prompts.render(BEN, "x", {})):
        with pytest.raises(PromptNotFound):
            await asking
    await prompts.put(BEN, "x", {"content": "his"})
    assert (await prompts.delete(BEN, "x"))["versions"] == 1
    assert (await prompts.get(ANNA, "x"))["content"] == "hers"


async def test_a_name_that_is_nearly_right(prompts: Prompts) -> None:
    await prompts.put(ANNA, "review", {"content": "x"})
    with pytest.raises(PromptNotFound, match="no prompt reviev") as refused:
        await prompts.get(ANNA, "reviev")
    assert refused.value.near == ["review"]


@pytest.mark.parametrize("name", ["", "A", "a b", "a/b", "../x", "-x", "x" * 65, "é"])
async def test_what_is_no_name(prompts: Prompts, name: str) -> None:
    with pytest.raises(InvalidRequest, match="no name"):
        await prompts.put(ANNA, name, {"content": "x"})


@pytest.mark.parametrize("tag", ["", " a", "a,b", "a\nb", "x" * 65])
async def test_what_is_no_tag(prompts: Prompts, tag: str) -> None:
    with pytest.raises(InvalidRequest, match="no tag"):
        await prompts.put(ANNA, "x", {"content": "x", "tags": [tag]})


async def test_what_is_no_prompt(prompts: Prompts) -> None:
    for content in ("", "  \n", "x" * 300_000):
        with pytest.raises(InvalidRequest):
            await prompts.put(ANNA, "x", {"content": content})
    with pytest.raises(InvalidRequest, match="40 tags"):
        await prompts.put(ANNA, "x", {"content": "x", "tags": [str(number) for number in range(40)]})


async def test_whoever_is_slower_is_told(prompts: Prompts, monkeypatch: pytest.MonkeyPatch) -> None:
    await prompts.put(ANNA, "x", {"content": "one"})

    async def as_before(*_: str) -> list[object]:
        return []

    monkeypatch.setattr(prompts._store, "versions", as_before)  # pyright: ignore[reportPrivateUsage] - what another saw
    with pytest.raises(Conflict, match="changed meanwhile"):
        await prompts.put(ANNA, "x", {"content": "two"})
