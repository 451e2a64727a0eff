"""The same answer for the same question: only for who asked to have it so, and only for himself."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.triforce_daemon.gateway import Gateway, Told, gateway
from triforce_daemon.services.routing.reuse import OVERHEAD, Kept, Reuse

ASK = {"x-triforce-cache": "300"}


@pytest.fixture
async def gate(folder: str) -> AsyncIterator[Gateway]:
    async with gateway(folder) as gate:
        yield gate


async def ask(gate: Gateway, seconds: str = "300", **more: object) -> Told:
    return await gate.chat(stream=False, headers={"x-triforce-cache": seconds}, **more)


async def test_nothing_is_kept_where_nobody_asks(gate: Gateway) -> None:
    await gate.chat(stream=False)
    told = await gate.chat(stream=False)
    assert "x-triforce-cache" not in told.headers
    assert len(gate.upstream.records) == 2


async def test_the_same_question_has_the_same_answer_and_costs_nothing(gate: Gateway) -> None:
    first, second = await ask(gate), await ask(gate)
    assert (first.headers["x-triforce-cache"], second.headers["x-triforce-cache"]) == ("made", "hit")
    assert first.body == second.body
    assert second.headers["x-triforce-route"] == "groq/m"
    assert len(gate.upstream.records) == 1
    paid, free = await gate.ledger()
    assert paid["tokens_in"] > 0
    assert (free["tokens_in"], free["tokens_out"], free["cost"], free["state"]) == (0, 0, "0", "done")


@pytest.mark.parametrize(
    "other", [{"temperature": 1}, {"model": "groq/second"}, {"messages": [{"role": "user", "content": "ho"}]}]
)
async def test_another_question_is_asked(gate: Gateway, other: dict) -> None:
    await ask(gate)
    assert (await ask(gate, **other)).headers["x-triforce-cache"] == "made"


async def test_another_caller_has_his_own(gate: Gateway) -> None:
    body = {"model": "groq/m", "messages": [{"role": "user", "content": "hi"}]}
    for name in ("one", "two"):
        token = await gate.served.token("inference", name=name)
        status, _ = await gate.served.over_http("POST", "/v1/chat/completions", token, json=body, headers=ASK)
        assert status == 200
    assert len(gate.upstream.records) == 2


async def test_an_old_answer_is_made_anew(gate: Gateway) -> None:
    await ask(gate)
    await asyncio.sleep(0.01)
    assert (await ask(gate, "0")).headers["x-triforce-cache"] == "made"


async def test_questions_at_the_same_time_are_asked_once(gate: Gateway) -> None:
    gate.upstream.plan("delay=200ms")
    told = await asyncio.gather(*[ask(gate, "0") for _ in range(10)])
    assert sorted(one.headers["x-triforce-cache"] for one in told) == ["joined"] * 9 + ["made"]
    assert len({one.body for one in told}) == 1
    assert len(gate.upstream.records) == 1
    assert len(await gate.ledger()) == 10


async def test_a_failure_is_not_kept(gate: Gateway) -> None:
    gate.upstream.plan("first 1: status=400; then ok")
    assert (await ask(gate)).status == 400
    assert (await ask(gate)).headers["x-triforce-cache"] == "made"


@pytest.mark.parametrize("seconds", ["-1", "soon", "86401", "1.5", "999999999999", ""])
async def test_what_is_no_number_of_seconds_is_refused(gate: Gateway, seconds: str) -> None:
    told = await ask(gate, seconds)
    assert told.status == 400
    assert "x-triforce-cache" in told.json["error"]["message"]


async def test_what_is_kept_stays_within_its_room(gate: Gateway) -> None:
    reuse = gate.served.parts.get(Reuse)
    reuse.room = 10 * (OVERHEAD + 100)
    for number in range(50):
        reuse._keep(str(number).encode(), Kept(b"x" * 90, "groq", "groq/m", ((b"abcd", b"efghij"),), 0))
    assert reuse._used == sum(kept.size for kept in reuse._kept.values()) == reuse.room
    reuse._keep(b"large", Kept(b"x" * reuse.room, "groq", "groq/m", (), 0))
    assert reuse._used == 0


async def test_who_leaves_early_leaves_it_to_the_others(gate: Gateway) -> None:
    gate.upstream.plan("delay=300ms")
    first, second = (asyncio.create_task(ask(gate, "0")) for _ in range(2))
    await gate.upstream.until(lambda: len(gate.upstream.records) == 1)
    await asyncio.sleep(0.05)
    first.cancel()
    await asyncio.sleep(0.05)
    third = await ask(gate, "0")
    assert third.headers["x-triforce-cache"] == "joined"
    assert (await second).body == third.body
    assert len(gate.upstream.records) == 1


async def test_a_stored_answer_is_each_time_one_of_its_own(gate: Gateway) -> None:
    body = {"model": "groq/m", "input": "hi"}
    passing = await gate.post("/v1/responses", {**body, "store": False}, ASK)
    stored = [await gate.post("/v1/responses", body, ASK) for _ in range(2)]
    assert passing.headers["x-triforce-cache"] == "made"
    for one in stored:
        assert "x-triforce-cache" not in one.headers
        more = await gate.post("/v1/responses", {**body, "previous_response_id": one.json["id"]})
        assert more.status == 200
    assert stored[0].json["id"] != stored[1].json["id"]
