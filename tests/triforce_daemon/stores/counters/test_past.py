"""What was used, by a real ledger."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.triforce_daemon.stores.rows import entry
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.stores.counters.counters import Scope
from triforce_daemon.stores.counters.past import LedgerPast
from triforce_daemon.stores.counters.periods import begin
from triforce_daemon.stores.ledger import LedgerStore
from triforce_daemon.stores.sqlite.database import SqliteDatabase

NOW = int(time.time() * 1_000)
ALL = {"requests": 100, "tokens": 100, "spend": 100}


class Then(Clock):
    """Stands still: other tests may take their minute before these."""

    def now_ms(self) -> int:
        return int((NOW / 1_000) * 1_000)


@pytest.fixture
async def database(folder: str) -> AsyncIterator[SqliteDatabase]:
    opened = SqliteDatabase(f"{folder}/triforce.db", "normal", busy_seconds=5)
    await opened.open()
    yield opened
    await opened.close()


async def write(database: SqliteDatabase, *rows: dict[str, Any]) -> None:
    store = LedgerStore(database)
    told = [
        {"request": f"r{number}", "ts": NOW, "client": "user/anna", "local": 0, **row}
        for number, row in enumerate(rows)
    ]
    await database.write(*(store.row(entry(**row)) for row in told))


async def test_each_is_told_his_own(database: SqliteDatabase) -> None:
    await write(
        database,
        {"tokens_in": 10, "tokens_out": 5, "cost": "0.25", "token": "t1"},
        {"tokens_in": 1, "tokens_out": 0, "cost": "0.0000000375", "token": None},
        {"tokens_in": 100, "tokens_out": 0, "cost": None, "client": "user/ben"},
    )
    past = LedgerPast(database, Then())
    anna = await past.of(Scope("user/anna", **ALL))
    assert (len(anna.requests), anna.tokens, anna.spend) == (2, 16, 250_000_038)
    token = await past.of(Scope("token/t1", **ALL))
    assert (len(token.requests), token.tokens, token.spend) == (1, 15, 250_000_000)
    assert (await past.of(Scope("daemon", **ALL))).tokens == 116
    assert await past.of(Scope("user/carl", **ALL)) == ([], 0, 0)


async def test_a_request_came_when_it_began(database: SqliteDatabase) -> None:
    await write(
        database,
        {"total_ms": 10_000},
        {"total_ms": 70_000},
        {"ts": NOW - 61_000, "total_ms": 0},
        # What was given up for a faster one is no request of its own.
        {"request": "r0.2", "total_ms": 5},
    )
    past = await LedgerPast(database, Then()).of(Scope("user/anna", requests=5))
    assert past.requests == [(NOW - 10_000, "r0")]


async def test_days_and_periods_have_their_beginnings(database: SqliteDatabase) -> None:
    day, month = begin("day", NOW), begin("month", NOW)
    await write(
        database,
        {"ts": day, "tokens_in": 1, "tokens_out": 0, "cost": "1"},
        {"ts": day - 1, "tokens_in": 10, "tokens_out": 0, "cost": "10"},
        {"ts": month - 1, "tokens_in": 100, "tokens_out": 0, "cost": "100"},
    )
    past = LedgerPast(database, Then())
    dollars = {
        period: (await past.of(Scope("user/anna", tokens=1, spend=1, period=period))).spend // 10**9
        for period in ("day", "month", "total")
    }
    within_month = 1 + (10 if day - 1 >= month else 0)
    assert dollars == {"day": 1, "month": within_month, "total": 111}
    assert (await past.of(Scope("user/anna", tokens=1))).tokens == 1


async def test_local_tokens_count_where_they_do(database: SqliteDatabase) -> None:
    await write(database, {"tokens_in": 1, "tokens_out": 0, "local": 1}, {"tokens_in": 10, "tokens_out": 0, "local": 0})
    past = LedgerPast(database, Then())
    assert (await past.of(Scope("user/anna", tokens=1))).tokens == 11
    assert (await past.of(Scope("user/anna", tokens=1, count_local=False))).tokens == 10
