"""A chain under group commit: each row stands behind the one before it, whatever else was undone meanwhile."""

import asyncio
import itertools
import sqlite3
from typing import Any

from tests.triforce_daemon.stores import rows
from tests.triforce_daemon.stores.audit.chains import House, skip_but_on_sqlite
from triforce_daemon.errors import StorageFailed
from triforce_daemon.stores.audit.chain import BEGINNING, Chain, content, hash_of
from triforce_daemon.stores.database import Database, RowRefused
from triforce_daemon.stores.ledger import LedgerStore
from triforce_daemon.stores.sqlite.database import SqliteDatabase


def test_the_hash_covers_place_and_content_and_all_before() -> None:
    row: Any = dict.fromkeys(["chain", "kind", "request", "caller", "subject", "address", "document"], "x")
    hashes = {
        hash_of(BEGINNING, 1, content({**row, "ts": 1})),
        hash_of(BEGINNING, 2, content({**row, "ts": 1})),
        hash_of("1" * 64, 1, content({**row, "ts": 1})),
        *(hash_of(BEGINNING, 1, content({**row, "ts": 1, name: "y"})) for name in row),
        *(hash_of(BEGINNING, 1, content({**row, "ts": 1, name: None})) for name in ("request", "caller", "subject")),
    }
    assert len(hashes) == 3 + len(row) + 3
    # As it stands in the documentation, for whoever verifies by himself.
    assert content({**row, "ts": 1}) == b'["x",1,"x","x","x","x","x","x"]'


async def test_rows_of_one_group_stand_behind_each_other(house: House) -> None:
    await asyncio.gather(*(house.write(number=number) for number in range(300)))
    found = await house.rows()
    assert [row["number"] for row in found] == list(range(1, 301))
    assert found[0]["before"] == BEGINNING
    assert all(row["before"] == before["hash"] for before, row in itertools.pairwise(found))
    assert await house.verified() is None


async def test_a_row_of_a_job_that_fails_leaves_no_gap(house: House, database: Database) -> None:
    ledger = LedgerStore(database)
    await database.write(ledger.row(rows.entry("taken")))

    async def pay(request: str) -> None:
        await database.write(
            await house.trail.row("request", {"of": request}, caller="anna"), ledger.row(rows.entry(request))
        )

    outcomes = await asyncio.gather(*(pay(f"r{n}" if n % 3 else "taken") for n in range(60)), return_exceptions=True)
    assert [isinstance(outcome, RowRefused) for outcome in outcomes] == [n % 3 == 0 for n in range(60)]
    assert [row["number"] for row in await house.rows()] == list(range(1, 41))
    assert await house.verified() is None


async def test_the_chain_goes_on_from_what_is_on_disk_after_a_rollback(house: House, database: Database) -> None:
    skip_but_on_sqlite(database)
    await house.write()
    broken = sqlite3.connect(database.name, isolation_level=None)
    # A constraint that is looked at when the group is committed, and undoes all of it.
    broken.execute("CREATE TABLE none (id INTEGER PRIMARY KEY)")
    broken.execute("CREATE TABLE later (of_none INTEGER REFERENCES none(id) DEFERRABLE INITIALLY DEFERRED)")
    broken.execute(
        "CREATE TRIGGER spoil AFTER INSERT ON audit WHEN new.document LIKE '%spoil%' "
        "BEGIN INSERT INTO later VALUES (1); END"
    )
    broken.close()
    for _ in range(2):
        outcomes = await asyncio.gather(house.write(spoil=1), house.write(), return_exceptions=True)
        assert isinstance(outcomes[0], StorageFailed)
        await house.write()
    numbers = [row["number"] for row in await house.rows()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert await house.verified() is None


async def test_a_chain_goes_on_after_a_restart(house: House, database: Database) -> None:
    await house.write()
    again = House(database)
    await again.names.load()
    await again.write()
    assert await again.verified() is None
    assert [row["number"] for row in await again.rows()] == [1, 2]
    assert len({row["caller"] for row in await again.rows()}) == 1


def test_a_chain_that_was_undone_has_lost_its_place() -> None:
    chain = Chain("c", SqliteDatabase("nowhere", "normal", 1))
    assert chain.lost
    chain.resume([])
    row = {"chain": "c", "ts": 1, **dict.fromkeys(["kind", "request", "caller", "subject", "address", "document"], "x")}
    first, second = chain.bind(row), chain.bind(row)
    assert (first["number"], second["number"], second["before"]) == (1, 2, first["hash"])
    chain.lose()
    assert chain.lost
    chain.resume([(7, "h")])
    assert chain.bind(row)["before"] == "h"
