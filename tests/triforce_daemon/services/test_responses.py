"""What is kept of an answer, for how long, and what of it is said again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import fields
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import InvalidRequest, ResponseNotFound, StorageFailed
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.responses import Keeping, StoredResponses
from triforce_daemon.services.routing.call import Outcome
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.responses import ResponseStore
from triforce_daemon.stores.sqlite.database import SqliteDatabase

ME = Caller("owner", "me")
DAY_MS = 86_400_000


def ended(state: str) -> Outcome:
    return Outcome(**{**dict.fromkeys((field.name for field in fields(Outcome)), None), "state": state})  # type: ignore[arg-type]


DONE = ended("done")


class Days(Clock):
    """Time that passes only where somebody sleeps, and only when the test lets it."""

    def __init__(self) -> None:
        self.moment = 1e9
        self._asleep = asyncio.Semaphore(0)
        self._woken = asyncio.Semaphore(0)

    def now_ms(self) -> int:
        return int((self.moment) * 1_000)

    async def sleep(self, seconds: float) -> None:
        self._asleep.release()
        await self._woken.acquire()
        self.moment += seconds

    async def wake(self) -> None:
        """Let the next sleep end, once somebody sleeps."""
        await self._asleep.acquire()
        self._woken.release()


@pytest.fixture
async def database(folder: str) -> AsyncIterator[Database]:
    opened = SqliteDatabase(f"{folder}/t.db", "normal", 5)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> Days:
    return Days()


@pytest.fixture
def stored(database: Database, clock: Days) -> StoredResponses:
    return StoredResponses(ResponseStore(database), clock, 30)


def kept(stored: StoredResponses, **body: Any) -> Keeping:
    keeping = stored.keeping(ME, {"input": "hi", **body})
    assert keeping is not None
    return keeping


def response(id: str, *output: dict[str, Any]) -> bytes:
    return orjson.dumps({"id": id, "object": "response", "output": list(output)})


async def keep(stored: StoredResponses, database: Database, id: str, *output: dict[str, Any], **body: Any) -> None:
    keeping = kept(stored, **body)
    keeping.take(response(id, *output))
    await database.write(*keeping.writes(DONE))


async def test_what_was_said_is_said_again_but_for_open_thoughts(stored: StoredResponses, database: Database) -> None:
    hidden = {"type": "reasoning", "summary": []}
    sealed = {"type": "reasoning", "encrypted_content": "x"}
    said = {"type": "message", "role": "assistant", "content": []}
    await keep(stored, database, "a", hidden, sealed, said)
    asked, earlier = await stored.continued(ME, {"input": [{"n": 1}], "previous_response_id": "a", "top_p": 1})
    hi = {"type": "message", "role": "user", "content": "hi"}
    assert asked == {"input": [hi, sealed, said, {"n": 1}], "top_p": 1, "store": False}
    assert earlier == len(orjson.dumps([hi, sealed, said]))
    assert await stored.continued(ME, {"input": "x", "store": True}) == ({"input": "x", "store": False}, 0)


async def test_after_its_days_it_is_gone(stored: StoredResponses, database: Database, clock: Days) -> None:
    await keep(stored, database, "a")
    clock.moment += 29 * 86_400
    assert await stored.get(ME, "a")
    clock.moment += 2 * 86_400
    with pytest.raises(ResponseNotFound):
        await stored.get(ME, "a")
    with pytest.raises(ResponseNotFound):
        await stored.continued(ME, {"input": "x", "previous_response_id": "a"})


async def test_the_old_are_deleted_again_and_again(stored: StoredResponses, database: Database, clock: Days) -> None:
    await keep(stored, database, "a")
    task = asyncio.create_task(stored.forget_old())
    async with asyncio.timeout(5):
        while await rows(database):
            await clock.wake()
    task.cancel()
    assert 30 * DAY_MS < clock.now_ms() - 1e12 < 31 * DAY_MS


async def test_a_disk_that_is_full_for_an_hour_does_not_end_it(
    stored: StoredResponses, database: Database, clock: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(stored, database, "a")
    write = database.write

    async def full(*_: object) -> None:
        monkeypatch.setattr(database, "write", write)
        raise StorageFailed("The disk is full.")

    monkeypatch.setattr(database, "write", full)
    task = asyncio.create_task(stored.forget_old())
    async with asyncio.timeout(5):
        while await rows(database):
            await clock.wake()
    task.cancel()


async def rows(database: Database) -> int:
    async with database.read() as connection:
        return len((await connection.execute(text("SELECT id FROM responses"))).all())


@pytest.mark.parametrize("state", ["failed", "interrupted"])
def test_only_what_came_to_its_end_is_kept(stored: StoredResponses, state: Any) -> None:
    keeping = kept(stored)
    assert keeping.writes(DONE) == ()
    keeping.take(response("a"))
    assert keeping.writes(ended(state)) == ()


def test_the_end_of_a_stream_is_an_event_with_the_response_in_it(stored: StoredResponses) -> None:
    last = (
        b'event: x\ndata: {"type":"x"}\n\ndata: {"type":"response.completed","response":{"id":"a","store":false}}\n\n'
    )
    taken = kept(stored, previous_response_id="p").take(last)
    assert taken.startswith(b'event: x\ndata: {"type":"x"}\n\nevent: response.completed\ndata: ')
    assert orjson.loads(taken.split(b"data: ")[-1])["response"] == {
        "id": "a",
        "store": True,
        "previous_response_id": "p",
    }


@pytest.mark.parametrize("last", [b'{"no": "id"}', b"data: [1]\n\n", b'data: {"type": "x"}\n\n', b": nothing\n\n"])
def test_what_is_no_response_goes_on_unkept(stored: StoredResponses, last: bytes) -> None:
    keeping = kept(stored)
    assert keeping.take(last) == last
    assert keeping.writes(DONE) == ()


def test_nothing_is_kept_that_shall_not_be(stored: StoredResponses, database: Database, clock: Days) -> None:
    assert stored.keeping(ME, {"input": "a", "store": False}) is None
    assert StoredResponses(ResponseStore(database), clock, 0).keeping(ME, {"input": "a"}) is None
    with pytest.raises(InvalidRequest, match="store"):
        stored.keeping(ME, {"input": "a", "store": 1})


async def test_a_token_has_its_own(stored: StoredResponses, database: Database) -> None:
    await keep(stored, database, "a")
    for caller in (Caller("token", "me", token="t1"), Caller("owner", "you")):
        with pytest.raises(ResponseNotFound):
            await stored.get(caller, "a")
        with pytest.raises(ResponseNotFound):
            await stored.delete(caller, "a")
    assert (await stored.delete(ME, "a"))["deleted"] is True
