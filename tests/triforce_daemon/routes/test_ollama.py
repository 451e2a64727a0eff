"""Ollama's API, spoken by its own client, with another dialect behind it."""

import ollama
import pytest

from tests.triforce_daemon.routes.real_clients import ollama_client
from tests.triforce_daemon.served_daemon import ServedDaemon

ASK = [{"role": "user", "content": "hi"}]


async def test_a_chat(served: ServedDaemon) -> None:
    async with ollama_client(served) as client:
        answer = await client.chat(model="scripted/small", messages=ASK, options={"seed": 4})
        assert answer.message.content == "Hello there"
        assert (answer.done_reason, answer.eval_count) == ("stop", 2)
        assert served.upstream.records.last.json["seed"] == 4


async def test_a_stream(served: ServedDaemon) -> None:
    async with ollama_client(served) as client:
        stream = await client.chat(model="scripted/small", messages=ASK, stream=True)
        chunks = [chunk async for chunk in stream]
        assert "".join(chunk.message.content or "" for chunk in chunks) == "Hello there"
        assert [chunk.done for chunk in chunks] == [False] * (len(chunks) - 1) + [True]


async def test_a_prompt_is_gone_on_from(served: ServedDaemon) -> None:
    async with ollama_client(served) as client:
        answer = await client.generate(model="scripted/small", prompt="hi")
        assert answer.response == "Hello there"


async def test_what_it_tells_of_models(served: ServedDaemon) -> None:
    async with ollama_client(served) as client:
        assert [model.model for model in (await client.list()).models] == ["scripted/small", "scripted/large"]
        assert "completion" in (await client.show("scripted/small")).capabilities
        assert (await client.ps()).models == []


async def test_errors_have_ollamas_shape(served: ServedDaemon) -> None:
    async with ollama_client(served) as client:
        with pytest.raises(ollama.ResponseError) as raised:
            await client.chat(model="scripted/smal", messages=ASK)
        assert raised.value.status_code == 404
        assert "scripted/small" in raised.value.error


async def test_to_load_a_model_asks_it_nothing(served: ServedDaemon) -> None:
    async with ollama_client(served) as client:
        answer = await client.chat(model="scripted/small", messages=[])
        assert answer.done
        assert not served.upstream.records
