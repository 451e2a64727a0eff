"""Where a request would go, told without sending it."""

import pytest

from tests.triforce_daemon.gateway import Gateway, gateway

ASK = {"x-triforce-dry-run": "1"}
PATHS = {
    "/v1/chat/completions": {"model": "groq/m", "messages": [{"role": "user", "content": "x" * 400}]},
    "/v1/responses": {"model": "groq/m", "input": "x" * 400, "store": False},
    "/v1/messages": {"model": "groq/m", "messages": [{"role": "user", "content": "x" * 400}], "max_tokens": 9},
    "/v1beta/models/groq/m:generateContent": {"contents": [{"role": "user", "parts": [{"text": "x" * 400}]}]},
    "/api/chat": {"model": "groq/m", "messages": [{"role": "user", "content": "x" * 400}]},
}


async def untouched(gate: Gateway) -> bool:
    return len(gate.upstream.records) == 0 and await gate.ledger() == []


@pytest.mark.parametrize("path", PATHS)
async def test_every_dialect_can_ask_and_nothing_is_sent(folder: str, path: str) -> None:
    async with gateway(folder) as gate:
        told = await gate.post(path, PATHS[path], ASK)
        assert told.status == 200
        plan = told.json
        assert plan["schema"] == "triforce.route.plan/1"
        assert [one["model"] for one in plan["candidates"]] == ["groq/m"]
        assert plan["candidates"][0]["refusal"] is None
        assert 100 <= plan["prompt_tokens"] <= 150
        assert await untouched(gate)


async def test_what_would_be_refused_says_why(folder: str) -> None:
    async with gateway(folder) as gate:
        told = await gate.chat(headers={**ASK, "x-triforce-boundary": "machine"})
        assert told.status == 200
        assert told.json["candidates"][0]["refusal"] == "it is beyond the boundary `machine`"
        assert told.json["boundary"] == "machine"


async def test_an_unknown_model_is_not_found(folder: str) -> None:
    async with gateway(folder) as gate:
        assert (await gate.chat("nope/none", headers=ASK)).status == 404


async def test_what_is_no_yes_is_refused(folder: str) -> None:
    async with gateway(folder) as gate:
        assert (await gate.chat(headers={"x-triforce-dry-run": "yes"})).status == 400


async def test_a_turn_can_be_planned_with_all_that_was_said(folder: str) -> None:
    async with gateway(folder) as gate:
        events = await gate.served.turn("y" * 4_000, model="groq/m")
        session = events[0]["session"]
        asked = len(gate.upstream.records)
        status, plan = await gate.served.post(f"/v1/sessions/{session}/turns", {"input": "go on", "dry_run": True})
        assert (status, plan["asked"]) == (200, "groq/m")
        assert plan["prompt_tokens"] >= 1_000
        assert len(gate.upstream.records) == asked
        _, shown = await gate.served.get(f"/v1/sessions/{session}")
        assert len(shown["history"]) == 1
        status, _ = await gate.served.post(
            "/v1/sessions/new/turns", {"input": "hi", "dry_run": True, "model": "groq/m"}
        )
        _, kept = await gate.served.get("/v1/sessions")
        assert (status, len(kept["items"])) == (200, 1)
