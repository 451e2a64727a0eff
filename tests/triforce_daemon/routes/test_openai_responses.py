"""Responses that are stored, fetched, continued and deleted, by OpenAI's own client."""

from collections.abc import AsyncIterator

import openai
import pytest

from tests.scriptable_upstream.script import Text as Said
from tests.scriptable_upstream.script import Thinking, answer, say
from tests.triforce_daemon.gateway import Gateway, gateway
from tests.triforce_daemon.routes.real_clients import openai_client

#: One that is translated, and one whose bytes pass through.
PROVIDERS = ("groq", "codex", "claude", "google", "llama")
each = pytest.mark.parametrize("provider", PROVIDERS)


@pytest.fixture
async def gate(folder: str) -> AsyncIterator[Gateway]:
    async with gateway(folder) as running:
        yield running


@pytest.fixture
async def client(gate: Gateway) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai_client(gate.served) as client:
        yield client


async def final(stream: AsyncIterator) -> object:
    events = [event async for event in stream]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert events[-1].type == "response.completed"
    return events[-1].response


@each
async def test_a_conversation_goes_on_from_what_is_stored(
    gate: Gateway, client: openai.AsyncOpenAI, provider: str
) -> None:
    for streamed in (False, True):
        await converse(gate, client, f"{provider}/m", streamed)


async def converse(gate: Gateway, client: openai.AsyncOpenAI, model: str, streamed: bool) -> None:
    async def say_next(text: str, said: str, previous: str | None) -> object:
        gate.upstream.enqueue(say(said))
        response = await client.responses.create(
            model=model, input=text, previous_response_id=previous, stream=streamed
        )
        response = await final(response) if streamed else response
        assert (response.output_text, response.store, response.previous_response_id) == (said, True, previous)
        return response

    first = await say_next("Sky?", "Blue.", None)
    second = await say_next("Grass?", "Green.", first.id)
    assert first.id != second.id
    raw = await client.responses.with_raw_response.create(model=model, input="Sea?", previous_response_id=second.id)
    assert "x-triforce-dropped" not in raw.headers
    asked = gate.upstream.records.last.body.decode()
    places = [asked.index(word) for word in ("Sky?", "Blue.", "Grass?", "Green.", "Sea?")]
    assert places == sorted(places)
    assert "previous_response_id" not in asked
    kept = await client.responses.retrieve(second.id)
    assert (kept.id, kept.output_text, kept.usage) == (second.id, "Green.", second.usage)


async def test_what_is_deleted_is_gone(client: openai.AsyncOpenAI) -> None:
    stored = await client.responses.create(model="groq/m", input="hi")
    await client.responses.delete(stored.id)
    for ask in (
        client.responses.retrieve(stored.id),
        client.responses.delete(stored.id),
        client.responses.create(model="groq/m", input="on", previous_response_id=stored.id),
    ):
        with pytest.raises(openai.NotFoundError) as raised:
            await ask
        assert (raised.value.code, raised.value.type) == ("response_not_found", "invalid_request_error")


async def test_a_conversation_with_a_gap_is_not_gone_on_with(client: openai.AsyncOpenAI) -> None:
    first = await client.responses.create(model="groq/m", input="one")
    second = await client.responses.create(model="groq/m", input="two", previous_response_id=first.id)
    await client.responses.delete(first.id)
    assert (await client.responses.retrieve(second.id)).id == second.id
    with pytest.raises(openai.NotFoundError, match=first.id):
        await client.responses.create(model="groq/m", input="three", previous_response_id=second.id)


async def test_what_shall_not_be_stored_is_not(gate: Gateway, client: openai.AsyncOpenAI) -> None:
    plain = await client.responses.create(model="groq/m", input="hi", store=False)
    assert plain.store is False
    with pytest.raises(openai.NotFoundError):
        await client.responses.retrieve(plain.id)
    assert gate.upstream.records.last.json.get("store") is None


async def test_an_upstream_is_never_asked_to_store(gate: Gateway, client: openai.AsyncOpenAI) -> None:
    await client.responses.create(model="codex/m", input="hi", store=True)
    assert gate.upstream.records.last.json["store"] is False


async def test_nobody_sees_anothers(gate: Gateway, client: openai.AsyncOpenAI) -> None:
    stored = await client.responses.create(model="groq/m", input="secret")
    token = await gate.served.token("inference")
    for method in ("GET", "DELETE"):
        status, body = await gate.served.over_http(method, f"/v1/responses/{stored.id}", token)
        assert (status, body["error"]["code"]) == (404, "response_not_found")
    asked = {"model": "groq/m", "input": "and?", "previous_response_id": stored.id}
    status, _ = await gate.served.over_http("POST", "/v1/responses", token, json=asked)
    assert status == 404
    assert (await client.responses.retrieve(stored.id)).id == stored.id


async def test_what_breaks_off_is_not_stored(gate: Gateway, client: openai.AsyncOpenAI) -> None:
    gate.upstream.enqueue(say("a", "b", "c"), "cut-after=2")
    events = [event async for event in await client.responses.create(model="groq/m", input="hi", stream=True)]
    assert events[-1].type == "response.failed"
    with pytest.raises(openai.NotFoundError):
        await client.responses.retrieve(events[0].response.id)


async def test_hidden_thoughts_are_not_given_back_where_nobody_would_take_them(
    gate: Gateway, client: openai.AsyncOpenAI
) -> None:
    gate.upstream.enqueue(answer(Thinking(("hm",), None), Said(("Yes.",))))
    first = await client.responses.create(model="claude/m", input="Really?")
    assert [item.type for item in first.output] == ["reasoning", "message"]
    await client.responses.create(model="codex/m", input="Sure?", previous_response_id=first.id)
    assert [item.get("type", "message") for item in gate.upstream.records.last.json["input"]] == ["message"] * 3


@pytest.mark.parametrize(
    "more", [{"previous_response_id": 5}, {"store": "yes"}, {"background": True}, {"input": 5}, {"input": []}]
)
async def test_nonsense_is_refused(gate: Gateway, more: dict) -> None:
    told = await gate.post("/v1/responses", {"model": "groq/m", "input": "hi", **more})
    assert (told.status, told.json["error"]["type"]) == (400, "invalid_request_error")
    assert not gate.upstream.records


async def test_where_nothing_is_kept_nothing_is_stored(folder: str) -> None:
    async with gateway(folder, responses__keep_days="0") as gate, openai_client(gate.served) as client:
        stored = await client.responses.create(model="groq/m", input="hi")
        with pytest.raises(openai.NotFoundError):
            await client.responses.retrieve(stored.id)
