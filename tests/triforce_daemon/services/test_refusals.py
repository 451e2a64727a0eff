"""Refusals in the audit: who is refused often is one row and a number, not a row each."""

from collections.abc import AsyncIterator

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.stores.audit.chains import House
from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import Forbidden, NotFound, StorageFailed, TierTooLow
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services import refusals as module
from triforce_daemon.services.refusals import WINDOW, Refusals
from triforce_daemon.stores.sqlite.database import SqliteDatabase

ANNA, BEN = (Caller(kind="user", name=f"user/{name}", user=name) for name in ("anna", "ben"))


class Ticking(Clock):
    def __init__(self) -> None:
        self.seconds = 100.0

    def ticks(self) -> float:
        return self.seconds


@pytest.fixture
async def house(folder: str) -> AsyncIterator[House]:
    database = SqliteDatabase(f"{folder}/triforce.db", "normal", busy_seconds=5)
    await database.open()
    yield House(database)
    await database.close()


async def documents(house: House) -> list[str]:
    return [row["document"] for row in await house.rows()]


async def test_the_first_is_written_at_once_and_the_others_are_counted(house: House) -> None:
    clock = Ticking()
    refusals = Refusals(house.trail, clock)
    for _ in range(500):
        await refusals.note(Forbidden("no"), ANNA, "GET /v1/users", "192.0.2.1")
    await refusals.note(TierTooLow("no"), ANNA, "POST /v1/messages", None)
    await refusals.note(Forbidden("no"), BEN, "GET /v1/users", None)
    assert len(await house.rows()) == 3
    await refusals.settle()
    assert len(await house.rows()) == 3
    clock.seconds += WINDOW
    await refusals.settle()
    found = await documents(house)
    assert len(found) == 4 and '"times":499' in found[-1]
    await refusals.note(Forbidden("no"), ANNA, "GET /v1/users", None)
    assert len(await house.rows()) == 5


async def test_what_is_counted_is_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 5)
    refusals = Refusals(house.trail, Ticking())
    for number in range(50):
        await refusals.note(Forbidden("no"), None, f"GET /{number}", None)
    assert len(await house.rows()) == 6
    await refusals.settle(all=True)
    assert '"times":44' in (await documents(house))[-1]


async def test_where_it_cannot_be_written_it_is_said(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise StorageFailed("The disk is full.")

    monkeypatch.setattr(house.database, "write", full)
    await Refusals(house.trail, Ticking()).note(Forbidden("no"), None, "GET /", None)
    assert "a refusal was not written" in caplog.text


async def test_who_is_refused_by_a_policy_a_tier_or_a_throttle_is_kept(served: ServedDaemon) -> None:
    token = (await served.user("anna", tier="guest"))["access_token"]
    assert (await served.over_http("GET", "/v1/users/ben", token))[0] == 403
    ask = {"model": "scripted/small", "messages": [{"role": "user", "content": "hi"}]}
    assert (await served.over_http("POST", "/v1/chat/completions", token, json=ask))[0] in (200, 403)
    assert (await served.over_http("GET", "/v1/models/none", token))[0] == 404
    _, page = await served.get("/v1/audit", kind="refusal")
    last = page["items"][-1]
    assert last["what"] == "refused forbidden GET /v1/users/{user}"
    assert (last["caller"], last["address"]) == ("user/anna", "127.0.0.1")
    for _ in range(8):
        await served.over_http("POST", "/v1/client/login", json={"name": "anna", "password": "wrong"})
    _, page = await served.get("/v1/audit", kind="refusal")
    assert page["items"][0]["what"] == "refused too_many_attempts POST /v1/client/login"


def test_what_is_no_refusal_is_not_kept() -> None:
    assert Forbidden.audited and TierTooLow.audited and not NotFound.audited
