"""The audit is kept in order: segments are closed as they fill, and never over what somebody has changed."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.triforce_daemon.stores.audit.chains import House
from triforce_daemon.services import audit_keeper as module
from triforce_daemon.services.audit_keeper import OPEN_MS
from triforce_daemon.stores.audit.verification import Broken
from triforce_daemon.stores.sqlite.database import SqliteDatabase


@pytest.fixture
async def house(folder: str) -> AsyncIterator[House]:
    database = SqliteDatabase(f"{folder}/triforce.db", "normal", busy_seconds=5)
    await database.open()
    yield House(database)
    await database.close()


async def places(house: House) -> list[tuple[int, int]]:
    return [(segment["first"], segment["last"]) for segment in await house.segments()]


async def test_a_segment_is_closed_when_it_is_full_or_old(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 3)
    await house.keeper.close_full()
    for _ in range(7):
        await house.write()
    await house.keeper.close_full()
    assert await places(house) == [(1, 3), (4, 6)]
    house.clock.ms += OPEN_MS
    await house.keeper.close_full()
    await house.keeper.close_full()
    assert await places(house) == [(1, 3), (4, 6), (7, 7)]
    assert await house.verified() is None


async def test_what_was_changed_before_it_was_signed_is_not_signed(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        await house.write()
    house.change("UPDATE audit SET document = '[]' WHERE number = 2")
    await house.keeper.close_full(all=True)
    assert await places(house) == []
    assert "the audit was changed" in caplog.text


async def test_it_is_kept_in_order_again_and_again(house: House) -> None:
    for _ in range(3):
        await house.write()
    house.clock.ms += OPEN_MS
    keeping = asyncio.ensure_future(house.keeper.keep())
    while not await house.segments():
        await asyncio.sleep(0.01)
    keeping.cancel()
    assert await places(house) == [(1, 3)]


async def test_a_row_is_verified_with_all_that_was_signed_with_it(house: House) -> None:
    for _ in range(3):
        await house.write()
    rows = await house.rows()
    assert not await house.keeper.verify_row(rows[0])
    await house.keeper.close_full(all=True)
    assert await house.keeper.verify_row(rows[0])
    house.change("DELETE FROM audit WHERE number = 3")
    with pytest.raises(Broken, match="not among the rows"):
        await house.keeper.verify_row(rows[0])
