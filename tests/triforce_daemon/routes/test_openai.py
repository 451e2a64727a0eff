"""OpenAI's API, spoken by its own client and by hand."""

import asyncio
import io
import json

import httpx2
import openai
import pytest

from tests.scriptable_upstream.script import say
from tests.triforce_daemon.served_daemon import ServedDaemon, events_of
from triforce_daemon.errors import ProviderUnavailable

PATH = "http://triforced/v1/chat/completions"
HELLO = {"messages": [{"role": "user", "content": "hi"}]}


@pytest.fixture
async def client(served: ServedDaemon):
    transport = httpx2.AsyncHTTPTransport(uds=served.places.socket)
    http = openai.DefaultAsyncHttpxClient(transport=transport)
    async with openai.AsyncOpenAI(
        base_url="http://triforced/v1", api_key="none", http_client=http, max_retries=0
    ) as client:
        yield client


async def test_the_openai_client_chats(served: ServedDaemon, client: openai.AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(model="default", messages=HELLO["messages"])
    assert answer.choices[0].message.content == "Hello there"
    assert answer.usage.completion_tokens == 2
    assert served.upstream.records.last.json["model"] == "upstream-small"


async def test_the_openai_client_streams_without_ever_seeing_an_empty_choice(client: openai.AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(model="scripted/small", messages=HELLO["messages"], stream=True)
    text = ""
    async for chunk in stream:
        text += chunk.choices[0].delta.content or ""
    assert text == "Hello there"


async def test_the_usage_event_comes_for_those_who_ask(served: ServedDaemon, client: openai.AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="small", messages=HELLO["messages"], stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    assert chunks[-1].usage.completion_tokens == 2


async def test_the_openai_client_lists_models_and_understands_errors(client: openai.AsyncOpenAI) -> None:
    assert [model.id async for model in client.models.list()] == ["scripted/small", "scripted/large"]
    assert (await client.models.retrieve("scripted/large")).owned_by == "scripted"
    with pytest.raises(openai.NotFoundError) as raised:
        await client.chat.completions.create(model="scripted/smal", messages=HELLO["messages"])
    assert raised.value.code == "model_not_found"
    assert "scripted/small" in raised.value.message


async def test_what_the_client_sends_passes_through(served: ServedDaemon) -> None:
    extra = {"logit_bias": {"5": 1}, "seed": 4, "unknown_field": [1, {"a": None}]}
    await served.post("/v1/chat/completions", {**HELLO, "model": "large", **extra})
    sent = served.upstream.records.last.json
    assert {name: sent[name] for name in extra} == extra
    assert sent["model"] == "upstream-large"


async def test_the_route_stands_in_the_headers(served: ServedDaemon) -> None:
    async with served.client.post(PATH, json=HELLO) as reply:
        assert reply.headers["x-triforce-route"] == "scripted/small"
        assert len(reply.headers["x-triforce-request-id"]) == 36


async def test_the_last_byte_comes_after_the_ledger(served: ServedDaemon) -> None:
    for stream in (False, True):
        async with served.client.post(PATH, json={**HELLO, "stream": stream}) as reply:
            await reply.read()
        _, usage = await served.get("/v1/usage")
        assert usage["items"][0]["requests"] == 1 + stream


async def test_inference_keeps_no_history(served: ServedDaemon) -> None:
    await served.post("/v1/chat/completions", HELLO)
    assert (await served.get("/v1/sessions"))[1]["items"] == []


async def test_a_cut_stream_ends_in_an_error_and_never_in_done(served: ServedDaemon) -> None:
    served.upstream.enqueue(say("half"), "cut-after=2")
    async with served.client.post(PATH, json={**HELLO, "stream": True}) as reply:
        text = await reply.text()
    assert events_of(text)[-1]["error"]["code"] == "upstream_failed"
    assert "[DONE]" not in text
    _, usage = await served.get("/v1/usage")
    # The event that opens the answer counts too.
    assert (usage["items"][0]["errors"], usage["items"][0]["tokens_out"]) == (1, 1)


@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_leaves_stops_the_model(served: ServedDaemon, stream: bool) -> None:
    served.upstream.enqueue(None, "first=30s" if stream else "delay=30s")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3), served.client.post(PATH, json={**HELLO, "stream": stream}) as reply:
            await reply.read()
    async with asyncio.timeout(1):
        while served.provider.held or served.lifecycle.streams:
            await asyncio.sleep(0.01)
    _, usage = await served.get("/v1/usage")
    assert usage["items"][0]["requests"] == 1


async def test_a_refusal_of_the_provider_keeps_its_meaning(served: ServedDaemon) -> None:
    served.upstream.plan("status=400 error=context")
    for stream in (False, True):
        status, body = await served.post("/v1/chat/completions", {**HELLO, "stream": stream})
        assert (status, body["error"]["code"]) == (400, "context_length_exceeded")
        assert "9000 tokens" in body["error"]["message"]


async def test_a_provider_that_is_down_is_a_503_in_openais_shape(served: ServedDaemon) -> None:
    served.provider.failure = ProviderUnavailable("It sleeps.", "Wake it.")
    status, body = await served.post("/v1/chat/completions", HELLO)
    assert status == 503
    assert body["error"]["type"] == "server_error"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b'{"messages": 5}',
        b'{"messages": []}',
        b'{"messages": ["x"]}',
        b'{"messages": [{"content": "x"}]}',
        b'{"model": 5, "messages": [{"role": "user", "content": "x"}]}',
        b'{"stream": true, "stream_options": 5, "messages": [{"role": "user", "content": "x"}]}',
        b'{"messages": [{"role": "user", "content": "\\ud800"}]}',
        b"[" * 100_000,
    ],
)
async def test_bad_input_is_a_400_in_openais_shape(served: ServedDaemon, body: bytes) -> None:
    async with served.client.post(PATH, data=body) as reply:
        assert reply.status == 400
        error = (await reply.json())["error"]
    assert error["type"] == "invalid_request_error"
    assert error["message"]
    assert not served.upstream.records


async def test_a_prompt_of_20_mb_is_a_413(served: ServedDaemon) -> None:
    body = json.dumps({"messages": [{"role": "user", "content": "x" * (20 << 20)}]}).encode()

    async def without_a_length():
        for start in range(0, len(body), 1 << 20):
            yield body[start : start + (1 << 20)]

    for path in (PATH, "http://triforced/v1/sessions/import"):
        for data in (io.BytesIO(body), without_a_length()):
            async with served.client.post(path, data=data) as reply:
                assert reply.status == 413
                assert (await reply.json())["error"]["code"] == "payload_too_large"
