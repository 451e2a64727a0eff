"""The ledger adds up, by whatever it is asked for."""

import contextlib
import sqlite3

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from tests.triforce_daemon.stores import rows
from triforce_daemon.runtime.clock import parse_rfc3339
from triforce_daemon.stores.database import Database, RowRefused
from triforce_daemon.stores.ledger import LedgerStore, since
from triforce_daemon.stores.sqlite import schema
from triforce_daemon.stores.tables import ledger as ledger_table
from triforce_daemon.wire.usage import UsageKey

MIDNIGHT = parse_rfc3339("2026-11-23T00:00:00Z")
M, N = {"provider": "m"}, {"provider": "n", "model": "n/c"}
ENTRIES = [
    rows.entry("r1", **M, ts=MIDNIGHT - 1, model="m/a", client="anna", session="s1", tokens_in=1, tokens_out=2),
    rows.entry("r2", **M, ts=MIDNIGHT, model="m/a", client="bert", session="s1", tokens_in=10, tokens_out=20),
    rows.entry("r3", **M, ts=MIDNIGHT + 1, model="m/b", client="anna", tokens_in=100, tokens_out=200),
    rows.entry("r4", **N, ts=MIDNIGHT + 2, session="s2", state="failed", tokens_in=0, tokens_out=0),
    rows.entry("r5", **N, ts=MIDNIGHT + 3, state="interrupted", tokens_in=5, tokens_out=0),
]


@pytest.fixture
async def ledger(database: Database) -> LedgerStore:
    store = LedgerStore(database)
    await database.write(*(store.row(entry) for entry in ENTRIES))
    return store


Sums = list[tuple[str, int, int, int, int]]


async def sums(ledger: LedgerStore, by: UsageKey, since: int = 0, client: str | None = None) -> Sums:
    items = await ledger.summary(by, since, client)
    assert all(item["cost"] is None and item["currency"] is None for item in items)
    return [(item["key"], item["requests"], item["tokens_in"], item["tokens_out"], item["errors"]) for item in items]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("model", [("m/b", 1, 100, 200, 0), ("m/a", 2, 11, 22, 0), ("n/c", 2, 5, 0, 1)]),
        ("provider", [("m", 3, 111, 222, 0), ("n", 2, 5, 0, 1)]),
        ("client", [("anna", 4, 106, 202, 1), ("bert", 1, 10, 20, 0)]),
        ("session", [("-", 2, 105, 200, 0), ("s1", 2, 11, 22, 0), ("s2", 1, 0, 0, 1)]),
        ("day", [("2026-11-22", 1, 1, 2, 0), ("2026-11-23", 4, 115, 220, 1)]),
    ],
)
async def test_sums_by_each_key(ledger: LedgerStore, by: UsageKey, expected: Sums) -> None:
    assert await sums(ledger, by) == expected


async def test_sums_since_a_moment(ledger: LedgerStore) -> None:
    assert await sums(ledger, "model", since=MIDNIGHT) == [
        ("m/b", 1, 100, 200, 0),
        ("m/a", 1, 10, 20, 0),
        ("n/c", 2, 5, 0, 1),
    ]
    assert await sums(ledger, "model", since=MIDNIGHT + 4) == []


async def test_sums_of_one_client(ledger: LedgerStore) -> None:
    assert await sums(ledger, "model", client="bert") == [("m/a", 1, 10, 20, 0)]
    assert await sums(ledger, "model", client="nobody") == []


async def test_everything_in_one_item(ledger: LedgerStore) -> None:
    whole = await ledger.total(MIDNIGHT)
    assert (whole["key"], whole["requests"], whole["tokens_in"], whole["tokens_out"]) == ("all", 4, 115, 220)
    assert whole["errors"] == 1
    nothing = await ledger.total(MIDNIGHT + 4)
    assert (nothing["requests"], nothing["tokens_in"], nothing["tokens_out"], nothing["errors"]) == (0, 0, 0, 0)


async def test_a_request_is_charged_once(ledger: LedgerStore, database: Database) -> None:
    with pytest.raises(RowRefused):
        await database.write(ledger.row(rows.entry("r1")))
    assert (await ledger.total(0))["requests"] == len(ENTRIES)


async def test_costs_add_up_exactly_and_unknown_ones_are_counted(database: Database) -> None:
    store = LedgerStore(database)
    tenth = {"cost": "0.1", "currency": "USD"}
    await database.write(
        *(store.row(rows.entry(f"a{number}", model="m/a", **tenth)) for number in range(3)),
        store.row(rows.entry("a3", model="m/a", cost="0.0000000375", currency="USD")),
        store.row(rows.entry("b1", model="m/b", cost="0", currency="USD", tokens_in=5)),
        store.row(rows.entry("b2", model="m/b", tokens_in=5)),
        store.row(rows.entry("c1", model="m/c", tokens_in=0, tokens_out=0, state="failed")),
    )
    costs = {
        item["key"]: (item["cost"], item["currency"], item["unpriced"]) for item in await store.summary("model", 0)
    }
    assert costs == {"m/a": ("0.3000000375", "USD", 0), "m/b": ("0", "USD", 1), "m/c": (None, None, 0)}
    assert (await store.total(0))["cost"] == "0.3000000375"


@pytest.mark.parametrize("clients", [0, 1, 3, 40])
async def test_everybody_is_found_client_by_client(database: Database, clients: int) -> None:
    names = [f"user/{number:02}" for number in range(clients)]
    store = LedgerStore(database)
    await database.write(
        *(store.row(rows.entry(f"{name}.{ts}", client=name, ts=ts)) for name in names for ts in (4, 5, 6))
    )
    assert (await store.total(5))["requests"] == 2 * clients
    assert sorted(item["key"] for item in await store.summary("client", 6)) == names


def test_nobody_reads_the_whole_ledger_for_what_was_used_of_late(path: str) -> None:
    """By the plan that SQLite makes: it seeks each client, and of him what is new enough."""
    schema.prepare(path, 1)
    wanted = select(ledger_table.c.request).where(since(5))
    sql = str(wanted.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    with contextlib.closing(sqlite3.connect(path)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert "SEARCH ledger USING INDEX ledger_by_client (client=? AND ts>?)" in plan
    assert not [step for step in plan if step.startswith("SCAN ledger")]
