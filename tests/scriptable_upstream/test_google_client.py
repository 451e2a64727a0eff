"""Google's own client reads what is played: content, streams, calls, counts, embeddings, models."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.scriptable_upstream.answers_for_tests import (
    CUT_SHORT,
    HELLO,
    PARALLEL,
    PARSED,
    REFUSED,
    THOUGHTFUL,
)
from tests.scriptable_upstream.catalogues.table import read_table
from tests.scriptable_upstream.script import Call, Script
from tests.scriptable_upstream.upstream import Upstream
from tests.scriptable_upstream.wire_reading import exchange, request_bytes

genai = pytest.importorskip("google.genai")
errors = pytest.importorskip("google.genai.errors")

MODEL = "gemini-2.5-flash"


@pytest.fixture
async def models(upstream: Upstream) -> AsyncIterator[Any]:
    options = {"base_url": upstream.base_url("gemini").removesuffix("/v1beta"), "api_version": "v1beta"}
    client = genai.Client(api_key="k", http_options=options)
    async with client.aio as connected:
        yield connected.models
    client.close()


async def answered(models: Any, whole: bool) -> list[Any]:
    if whole:
        return [await models.generate_content(model=MODEL, contents="Hello?")]
    return [chunk async for chunk in await models.generate_content_stream(model=MODEL, contents="Hello?")]


def parts(chunks: list[Any]) -> list[Any]:
    return [part for chunk in chunks for part in chunk.candidates[0].content.parts]


@pytest.mark.parametrize("whole", [True, False])
async def test_text(upstream: Upstream, models: Any, whole: bool) -> None:
    upstream.enqueue(HELLO)
    chunks = await answered(models, whole)
    assert "".join(part.text for part in parts(chunks)) == "Hello, wörld 🌍"
    assert chunks[-1].candidates[0].finish_reason.name == "STOP"
    used = chunks[-1].usage_metadata
    assert (used.prompt_token_count, used.candidates_token_count, used.cached_content_token_count) == (20, 4, 8)
    assert {chunk.model_version for chunk in chunks} == {MODEL}


@pytest.mark.parametrize("whole", [True, False])
async def test_parallel_calls(upstream: Upstream, models: Any, whole: bool) -> None:
    signed = (*PARALLEL.parts, Call("third", ('{"a":1}',), signature="c2ln"))
    upstream.enqueue(Script(signed))
    found = [part for part in parts(await answered(models, whole)) if part.function_call]
    assert [part.function_call.name for part in found] == ["get_weather", "get_time", "third"]
    assert [part.function_call.args for part in found] == [PARSED, {}, {"a": 1}]
    assert [part.function_call.id for part in found] == ["call_abc1", "call_abc2", None]
    assert found[2].thought_signature == base64.b64decode("c2ln")


@pytest.mark.parametrize("whole", [True, False])
async def test_thinking(upstream: Upstream, models: Any, whole: bool) -> None:
    upstream.enqueue(THOUGHTFUL)
    chunks = await answered(models, whole)
    thoughts = [part for part in parts(chunks) if part.thought]
    assert "".join(part.text for part in thoughts) == "Let me see"
    assert thoughts[-1].thought_signature == b"signature"
    assert chunks[-1].usage_metadata.thoughts_token_count == 5
    assert chunks[-1].usage_metadata.candidates_token_count == 4


@pytest.mark.parametrize(("script", "reason"), [(CUT_SHORT, "MAX_TOKENS"), (REFUSED, "PROHIBITED_CONTENT")])
async def test_why_it_stopped(upstream: Upstream, models: Any, script: Script, reason: str) -> None:
    upstream.enqueue(script)
    assert (await answered(models, False))[-1].candidates[0].finish_reason.name == reason


async def test_a_stream_as_an_array(upstream: Upstream) -> None:
    """What comes without `alt=sse`."""
    body = {"contents": [{"parts": [{"text": "?"}]}]}
    path = f"/gemini/v1beta/models/{MODEL}:streamGenerateContent"
    arrived = await exchange(upstream, request_bytes(body, path))
    assert arrived.text.startswith(b"[{") and arrived.text.endswith(b"]\n")


async def test_counts(models: Any) -> None:
    counted = await models.count_tokens(model=MODEL, contents="x" * 400)
    assert counted.total_tokens == 100


async def test_embeddings(models: Any) -> None:
    answer = await models.embed_content(model="gemini-embedding-001", contents=["one", "two"])
    first, second = [each.values for each in answer.embeddings]
    assert len(first) == 768 and first != second


async def test_models_in_pages(models: Any) -> None:
    listed = [model async for model in await models.list(config={"page_size": 7})]
    assert [model.name for model in listed] == [f"models/{model.name}" for model in read_table("gemini")]
    flash = next(model for model in listed if model.name == "models/gemini-2.5-flash")
    assert (flash.input_token_limit, "generateContent" in flash.supported_actions) == (1048576, True)
    assert (await models.get(model=MODEL)).name == f"models/{MODEL}"


@pytest.mark.parametrize(("status", "error"), [(400, "ClientError"), (429, "ClientError"), (503, "ServerError")])
async def test_errors(upstream: Upstream, models: Any, status: int, error: str) -> None:
    upstream.plan(f"status={status} retry-after=2")
    with pytest.raises(getattr(errors, error)) as raised:
        await answered(models, True)
    assert raised.value.code == status
    retry = raised.value.details["error"].get("details", [{}])[0].get("retryDelay")
    assert retry == "2s"
