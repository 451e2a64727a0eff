"""Anthropic's API, spoken by its own client, with another dialect behind it."""

import anthropic
import pytest

from tests.scriptable_upstream.script import say
from tests.triforce_daemon.routes.real_clients import anthropic_client
from tests.triforce_daemon.served_daemon import ServedDaemon

ASK = {"model": "default", "max_tokens": 50, "messages": [{"role": "user", "content": "hi"}]}


async def test_a_message(served: ServedDaemon) -> None:
    async with anthropic_client(served) as client:
        message = await client.messages.create(**ASK, system="Be brief.", extra_body={"temperature": 0.5})
    assert message.content[0].text == "Hello there"
    assert message.stop_reason == "end_turn"
    assert (message.usage.input_tokens, message.usage.output_tokens) == (3, 2)
    sent = served.upstream.records.last.json
    assert sent["messages"][0] == {"role": "system", "content": "Be brief."}
    assert (sent["model"], sent["temperature"]) == ("upstream-small", 0.5)


async def test_a_stream(served: ServedDaemon) -> None:
    async with anthropic_client(served) as client, client.messages.stream(**ASK) as stream:
        text = "".join([piece async for piece in stream.text_stream])
        final = await stream.get_final_message()
    assert text == "Hello there"
    assert (final.stop_reason, final.usage.output_tokens) == ("end_turn", 2)


async def test_what_cannot_be_said_is_named(served: ServedDaemon) -> None:
    async with anthropic_client(served) as client:
        raw = await client.messages.with_raw_response.create(**ASK, extra_body={"top_k": 5})
    assert "top_k" in raw.headers["x-triforce-dropped"]


async def test_errors_have_anthropics_shape(served: ServedDaemon) -> None:
    async with anthropic_client(served) as client:
        with pytest.raises(anthropic.NotFoundError) as raised:
            await client.messages.create(**{**ASK, "model": "scripted/smal"})
        assert raised.value.body["error"]["type"] == "not_found_error"
        with pytest.raises(anthropic.BadRequestError):
            await client.messages.create(**{**ASK, "messages": []})


async def test_a_cut_stream_is_an_error_for_the_client(served: ServedDaemon) -> None:
    served.upstream.enqueue(say("half"), "cut-after=2")
    async with anthropic_client(served) as client:
        with pytest.raises(anthropic.APIStatusError):
            async with client.messages.stream(**ASK) as stream:
                async for _ in stream.text_stream:
                    pass
    _, usage = await served.get("/v1/usage")
    assert usage["items"][0]["errors"] == 1
