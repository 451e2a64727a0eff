"""What is written down of an answer, however it ended."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.scriptable_upstream.script import Script, Text, Usage, say
from tests.triforce_daemon.gateway import Gateway, gateway
from triforce_daemon.providers.health import Health


@pytest.fixture
async def gate(folder: str) -> AsyncIterator[Gateway]:
    async with gateway(folder, routing__retries="1", routing__backoff_seconds="0.01") as gate:
        yield gate


async def row(gate: Gateway) -> dict:
    (found,) = await gate.ledger()
    return found


async def test_the_providers_own_figures_are_taken(gate: Gateway) -> None:
    gate.upstream.enqueue(Script((Text(("a", "b")),), usage=Usage(input=70, output=30, cached=40)))
    await gate.chat("claude/m")
    written = await row(gate)
    assert (written["tokens_in"], written["tokens_out"], written["estimated"]) == (70, 30, 0)
    assert (written["provider"], written["model"], written["state"]) == ("claude", "claude/m", "done")


async def test_without_figures_it_is_estimated_and_says_so(gate: Gateway) -> None:
    gate.upstream.enqueue(Script((Text(("a", "b", "c")),), counts=False))
    await gate.chat("google/m")
    written = await row(gate)
    assert (written["tokens_out"], written["estimated"]) == (3, 1)
    assert written["tokens_in"] > 0


async def test_who_answered_is_written_down_and_not_who_failed_before(gate: Gateway) -> None:
    gate.upstream.enqueue(plan="status=500")
    gate.upstream.enqueue(say("Hello"))
    told = await gate.chat()
    written = await row(gate)
    assert (written["state"], written["error"]) == ("done", None)
    assert told.headers["x-triforce-attempts"] == "2"


async def test_a_failure_in_the_middle_counts_once_against_the_model(gate: Gateway) -> None:
    gate.upstream.enqueue(say(*[f"w{number} " for number in range(30)]), "cut-after=10")
    await gate.chat()
    assert gate.served.parts.get(Health).record("groq/m").errors == pytest.approx(0.2)
    assert (await row(gate))["error"] == "upstream_failed"


async def test_a_failure_before_the_first_token_counts_once_for_each_attempt(gate: Gateway) -> None:
    gate.upstream.plan("status=500")
    await gate.chat()
    assert len(gate.upstream.records) == 2
    assert gate.served.parts.get(Health).record("groq/m").errors == pytest.approx(0.2 + 0.8 * 0.2)


async def test_who_leaves_before_the_first_token_is_written_down(gate: Gateway) -> None:
    gate.upstream.enqueue(say("never"), "first=9s")
    task = asyncio.ensure_future(gate.chat())
    await gate.upstream.asked(1)
    task.cancel()
    await gate.upstream.until(lambda: gate.upstream.records.last.ended == "hung up")
    for _ in range(100):
        if await gate.ledger():
            break
        await asyncio.sleep(0.01)
    assert (await row(gate))["state"] == "interrupted"
