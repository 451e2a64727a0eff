"""The router: what was used is settled once, whatever became of the answer."""

import asyncio

import pytest
from sqlalchemy import text

from tests.scriptable_upstream.script import Script, Text, Usage
from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects.canonical import Message, Request
from triforce_daemon.errors import ModelNotFound, TriforceError, UpstreamFailed
from triforce_daemon.services.chat_router import ChatRouter
from triforce_daemon.services.routing.answer import Answer
from triforce_daemon.services.routing.call import Call

ME = Caller(kind="owner", name="me")
HI: Message = {"role": "user", "parts": [{"type": "text", "text": "hi"}]}


def call(**more: object) -> Call:
    asked = Request(model="default", messages=[HI], stream=True, include_usage=True)
    return Call(**{"request_id": "r1", "caller": ME, "request": asked, "prompt_characters": 40, **more})


async def rows(served: ServedDaemon) -> list[dict]:
    async with served.database.read() as connection:
        found = await connection.execute(text("SELECT * FROM ledger"))
        return [dict(row) for row in found.mappings()]


async def read(answer: Answer) -> str:
    return "".join([event["text"] async for event in answer.events() if event["type"] == "text"])


async def test_an_answer_is_settled_once(served: ServedDaemon) -> None:
    served.upstream.enqueue(Script((Text(("Hello", " there")),), usage=Usage(7, 9)))
    async with await served.parts.get(ChatRouter).open(call()) as answer:
        await read(answer)
        await answer.settle()
        await answer.settle("failed")
    (row,) = await rows(served)
    assert (row["tokens_in"], row["tokens_out"], row["state"], row["estimated"]) == (7, 9, "done", 0)
    assert row["first_token_ms"] is not None
    assert row["cost"] == "0"


async def test_what_has_no_figures_is_estimated_and_says_so(served: ServedDaemon) -> None:
    served.upstream.enqueue(Script((Text(("one", "two", "three")),), counts=False))
    async with await served.parts.get(ChatRouter).open(call()) as answer:
        await read(answer)
        await answer.settle()
    (row,) = await rows(served)
    assert (row["tokens_in"], row["tokens_out"], row["estimated"]) == (10, 3, 1)


async def test_a_failure_inside_is_settled_and_passed_on(served: ServedDaemon) -> None:
    with pytest.raises(UpstreamFailed):
        async with await served.parts.get(ChatRouter).open(call()):
            raise UpstreamFailed("broken")
    (row,) = await rows(served)
    assert (row["state"], row["error"]) == ("failed", "upstream_failed")


async def test_a_mistake_of_ours_is_settled_as_well(served: ServedDaemon) -> None:
    with pytest.raises(KeyError):
        async with await served.parts.get(ChatRouter).open(call()):
            raise KeyError("mistake")
    (row,) = await rows(served)
    assert (row["state"], row["error"]) == ("failed", None)
    assert row["tokens_in"] > 0


async def test_a_cancelled_answer_is_settled_as_interrupted(served: ServedDaemon) -> None:
    served.upstream.enqueue(None, "first=30s")

    async def ask() -> None:
        async with await served.parts.get(ChatRouter).open(call()) as answer:
            await read(answer)

    task = asyncio.create_task(ask())
    await served.upstream.asked()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [row["state"] for row in await rows(served)] == ["interrupted"]


async def test_a_refused_request_used_no_tokens(served: ServedDaemon) -> None:
    served.upstream.plan("status=400")
    with pytest.raises(TriforceError):
        async with await served.parts.get(ChatRouter).open(call()):
            raise AssertionError("there is no answer")
    (row,) = await rows(served)
    assert (row["tokens_in"], row["tokens_out"], row["state"]) == (0, 0, "failed")


async def test_an_unknown_model_leaves_no_trace(served: ServedDaemon) -> None:
    with pytest.raises(ModelNotFound):
        async with await served.parts.get(ChatRouter).open(call(request=Request(model="nope", messages=[HI]))):
            raise AssertionError("there is no answer")
    assert await rows(served) == []


async def test_the_writes_of_the_caller_share_the_ledgers_commit(served: ServedDaemon) -> None:
    from triforce_daemon.stores.database import Write

    broken = Write("INSERT INTO ledger(request) VALUES (NULL)", {})
    with pytest.raises(Exception, match="NOT NULL"):
        async with await served.parts.get(ChatRouter).open(call(closing=lambda outcome: [broken])) as answer:
            await answer.settle()
    assert await rows(served) == []
