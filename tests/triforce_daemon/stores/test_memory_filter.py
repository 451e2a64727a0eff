"""What is meant of somebody's memory; that it narrows what is read is tried in `test_memory`."""

from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.tables import memories


def sql(**narrow: object) -> str:
    query = select(memories.c.row).where(*MemoryFilter("anna", 5, **narrow).conditions())  # type: ignore[arg-type]
    return str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))


def test_the_owner_is_always_part_of_it() -> None:
    assert "memories.owner = 'anna'" in sql()
    assert "memories.current = 1" in sql() and "memories.forgotten IS NULL" in sql()
    assert "memories.expires > 5" in sql()


def test_only_what_is_given_narrows() -> None:
    assert "confidence" not in sql() and "tags" not in sql()
    assert " OR " in sql(tags=("a", "b"), any_tag=True).partition("tags")[2]
    assert sql(tags=("a", "b")).count("LIKE") == 2
