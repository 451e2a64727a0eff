"""Prompts as rows."""

import pytest

from triforce_daemon.stores.database import Database, RowRefused
from triforce_daemon.stores.prompts import PromptRow, PromptStore


def row(name: str, version: int, account: str = "a") -> PromptRow:
    return PromptRow(account=account, name=name, version=version, content=f"{version}", tags="[]", created=version)


async def test_versions(database: Database) -> None:
    store = PromptStore(database)
    for version in (1, 2, 3):
        await store.insert(row("x", version), forget_upto=version - 2)
    await store.insert(row("y", 1), 0)
    await store.insert(row("x", 9, "b"), 0)
    assert [(one["name"], one["version"]) for one in await store.newest("a")] == [("x", 3), ("y", 1)]
    assert [one["version"] for one in await store.versions("a", "x")] == [2, 3]
    assert len(await store.all("a")) == 3
    with pytest.raises(RowRefused):
        await store.insert(row("x", 3), 0)
    assert await store.delete("a", "x") == 2
    (gone,) = await database.write(store.delete_of("a"))
    assert gone == [("y",)]
    assert len(await store.all("b")) == 1
