"""One request to one seat: what it holds while it runs, and what it lets go of."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.scriptable_upstream.script import say
from tests.triforce_daemon.gateway import Gateway, gateway
from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects.canonical import Message, Request
from triforce_daemon.dialects.openai_chat.dialect import OpenAIChat
from triforce_daemon.errors import UpstreamFailed, UpstreamTimeout
from triforce_daemon.providers.credential import NO_KEY
from triforce_daemon.providers.health import Health
from triforce_daemon.services.candidates import Candidate
from triforce_daemon.services.chat_router import ChatRouter
from triforce_daemon.services.routing.attempt import Attempt
from triforce_daemon.services.routing.call import Call
from triforce_daemon.services.routing.delivery import Told
from triforce_daemon.services.routing.seat import Seat

HI = Request(model="groq/m", messages=[Message(role="user", parts=[{"type": "text", "text": "hi"}])], stream=True)
CALL = Call(request_id="r1", caller=Caller(kind="owner", name="me"), request=HI, prompt_characters=8)


@pytest.fixture
async def gate(folder: str) -> AsyncIterator[Gateway]:
    async with gateway(folder, upstream__first_token_seconds="0.5") as gate:
        yield gate


def attempt(gate: Gateway) -> Attempt:
    router = gate.served.parts.get(ChatRouter)
    seat = Seat(Candidate(gate.providers["groq"], "m"), NO_KEY)
    return Attempt(CALL, seat, router.upstream, OpenAIChat(), router.health, router.clock.ticks, lambda: None)


def under_way(gate: Gateway) -> int:
    return gate.served.parts.get(Health).record("groq/m").outstanding


async def test_it_counts_as_under_way_until_it_is_closed(gate: Gateway) -> None:
    gate.upstream.enqueue(say("Hello", " there"))
    one = attempt(gate)
    await one.open()
    assert under_way(gate) == 1
    assert isinstance(one.delivery, Told)
    assert "".join([event["text"] async for event in one.delivery.events() if event["type"] == "text"]) == "Hello there"
    await one.close()
    await one.close()
    assert under_way(gate) == 0


async def test_one_that_fails_closes_itself(gate: Gateway) -> None:
    gate.upstream.enqueue(plan="status=500")
    one = attempt(gate)
    with pytest.raises(UpstreamFailed):
        await one.open()
    assert (under_way(gate), one.abandoned) == (0, False)


async def test_one_that_shows_nothing_in_time_is_given_up(gate: Gateway) -> None:
    gate.upstream.enqueue(say("never"), "comments every=100ms stall-after=1")
    one = attempt(gate)
    with pytest.raises(UpstreamTimeout, match=r"0\.5 s"):
        await one.open()
    await gate.upstream.until(lambda: gate.upstream.records.last.ended == "hung up")


async def test_one_that_is_cancelled_is_abandoned_and_lets_the_upstream_go(gate: Gateway) -> None:
    gate.upstream.enqueue(say("never"), "first=9s")
    one = attempt(gate)
    task = asyncio.ensure_future(one.open())
    await gate.upstream.asked(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert one.abandoned
    assert under_way(gate) == 0
    await gate.upstream.until(lambda: gate.upstream.records.last.ended == "hung up")


async def test_how_long_the_first_token_took_is_remembered(gate: Gateway) -> None:
    gate.upstream.enqueue(say("Hello"), "first=100ms")
    one = attempt(gate)
    await one.open()
    await one.close()
    assert 0.1 <= gate.served.parts.get(Health).record("groq/m").first_token < 0.4
