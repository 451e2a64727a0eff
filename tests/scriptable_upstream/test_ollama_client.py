"""Ollama's own client reads what is played: chats, completions, embeddings, the lists."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.scriptable_upstream.answers_for_tests import CUT_SHORT, HELLO, PARALLEL, PARSED, THOUGHTFUL
from tests.scriptable_upstream.catalogues.table import read_table
from tests.scriptable_upstream.script import Script
from tests.scriptable_upstream.upstream import Upstream

ollama = pytest.importorskip("ollama")

MESSAGES = [{"role": "user", "content": "Hello?"}]


@pytest.fixture
async def client(upstream: Upstream) -> AsyncIterator[Any]:
    client = ollama.AsyncClient(host=upstream.base_url("ollama"))
    yield client
    await client.close()


async def chatted(client: Any, whole: bool) -> list[Any]:
    if whole:
        return [await client.chat(model="llama3.2", messages=MESSAGES)]
    return [line async for line in await client.chat(model="llama3.2", messages=MESSAGES, stream=True)]


@pytest.mark.parametrize("whole", [True, False])
async def test_text(upstream: Upstream, client: Any, whole: bool) -> None:
    upstream.enqueue(HELLO)
    lines = await chatted(client, whole)
    assert "".join(line.message.content for line in lines) == "Hello, wörld 🌍"
    last = lines[-1]
    assert (last.done, last.done_reason, last.prompt_eval_count, last.eval_count) == (True, "stop", 20, 4)
    assert [line.done for line in lines[:-1]] == [False] * (len(lines) - 1)


@pytest.mark.parametrize("whole", [True, False])
async def test_parallel_calls(upstream: Upstream, client: Any, whole: bool) -> None:
    upstream.enqueue(PARALLEL)
    lines = await chatted(client, whole)
    found = [call.function for line in lines for call in line.message.tool_calls or ()]
    assert [(call.name, call.arguments) for call in found] == [("get_weather", PARSED), ("get_time", {})]


@pytest.mark.parametrize("whole", [True, False])
async def test_thinking(upstream: Upstream, client: Any, whole: bool) -> None:
    upstream.enqueue(THOUGHTFUL)
    lines = await chatted(client, whole)
    assert "".join(line.message.thinking or "" for line in lines) == "Let me see"
    assert "".join(line.message.content for line in lines) == "It is."


@pytest.mark.parametrize("whole", [True, False])
async def test_a_completion(upstream: Upstream, client: Any, whole: bool) -> None:
    upstream.enqueue(CUT_SHORT)
    if whole:
        lines = [await client.generate(model="llama3.2", prompt="?")]
    else:
        lines = [line async for line in await client.generate(model="llama3.2", prompt="?", stream=True)]
    assert "".join(line.response for line in lines) == "Too long"
    assert lines[-1].done_reason == "length"
    assert lines[-1].context


async def test_no_usage_at_all(upstream: Upstream, client: Any) -> None:
    upstream.enqueue(Script(HELLO.parts, counts=False))
    assert (await chatted(client, True))[0].eval_count is None


async def test_embeddings(client: Any) -> None:
    answer = await client.embed(model="nomic-embed-text", input=["one", "two"])
    assert [len(each) for each in answer.embeddings] == [768, 768]


async def test_the_lists(client: Any) -> None:
    listed = (await client.list()).models
    assert [model.model for model in listed] == [model.name for model in read_table("ollama")]
    assert listed[0].details.quantization_level == "Q4_K_M"
    assert (await client.ps()).models[0].size_vram > 0


async def test_one_in_detail(client: Any) -> None:
    shown = await client.show("qwen3")
    assert shown.capabilities == ["completion", "tools", "thinking"]
    assert shown.modelinfo["qwen3.context_length"] == 40960
    with pytest.raises(ollama.ResponseError, match="not found"):
        await client.show("nope")


async def test_a_pull_and_a_deletion(upstream: Upstream, client: Any) -> None:
    lines = [line async for line in await client.pull("qwen3", stream=True)]
    assert [line.status for line in lines][0::6] == ["pulling manifest", "success"]
    assert [line.completed for line in lines if line.total == 5_200_000_000] == [2_600_000_000, 5_200_000_000]
    assert (await client.pull("qwen3")).status == "success"
    for stream in (True, False):
        with pytest.raises(ollama.ResponseError, match="file does not exist"):
            told = await client.pull("nope", stream=stream)
            assert [line async for line in told] == []
    assert (await client.delete("qwen3")).status == "success"
    with pytest.raises(ollama.ResponseError, match="not found"):
        await client.delete("nope")


async def test_errors(upstream: Upstream, client: Any) -> None:
    upstream.plan("first 1: status=500; then error-in-stream-at=2")
    with pytest.raises(ollama.ResponseError) as raised:
        await chatted(client, True)
    assert raised.value.status_code == 500
    with pytest.raises(ollama.ResponseError, match="an error was encountered"):
        await chatted(client, False)
