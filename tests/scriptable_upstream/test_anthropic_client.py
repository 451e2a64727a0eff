"""Anthropic's own client reads what is played: messages, streams, thinking, tools, counts, models."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.scriptable_upstream.answers_for_tests import (
    ARGUMENTS,
    CUT_SHORT,
    DELTAS,
    EMPTY_CALL,
    HELLO,
    PARALLEL,
    PARSED,
    REDACTED,
    REFUSED,
    THOUGHTFUL,
)
from tests.scriptable_upstream.catalogues.table import read_table
from tests.scriptable_upstream.script import Script, Text
from tests.scriptable_upstream.upstream import Upstream

anthropic = pytest.importorskip("anthropic")

ASKED: dict[str, Any] = {
    "model": "claude-sonnet-5",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "Hello?"}],
}


@pytest.fixture
async def client(upstream: Upstream) -> AsyncIterator[Any]:
    base = upstream.base_url("anthropic").removesuffix("/v1")
    async with anthropic.AsyncAnthropic(base_url=base, api_key="k", max_retries=0) as client:
        yield client


async def events(client: Any) -> list[Any]:
    return [event async for event in await client.messages.create(**ASKED, stream=True)]


async def gathered(client: Any) -> Any:
    async with client.messages.stream(**ASKED) as stream:
        return await stream.get_final_message()


@pytest.mark.parametrize("whole", [True, False])
async def test_text(upstream: Upstream, client: Any, whole: bool) -> None:
    upstream.enqueue(HELLO)
    message = await client.messages.create(**ASKED) if whole else await gathered(client)
    assert message.content[0].text == "Hello, wörld 🌍"
    assert (message.stop_reason, message.model) == ("end_turn", "claude-sonnet-5")
    used = message.usage
    assert (used.input_tokens, used.cache_read_input_tokens, used.output_tokens) == (12, 8, 4)


@pytest.mark.parametrize("whole", [True, False])
async def test_parallel_calls(upstream: Upstream, client: Any, whole: bool) -> None:
    upstream.enqueue(PARALLEL)
    message = await client.messages.create(**ASKED) if whole else await gathered(client)
    text, first, second = message.content
    assert (text.text, message.stop_reason) == ("I'll look.", "tool_use")
    assert (first.id, first.name, first.input) == ("call_abc1", "get_weather", PARSED)
    assert second.input == {}


async def test_the_arguments_are_streamed_as_they_were_cut(upstream: Upstream, client: Any) -> None:
    upstream.enqueue(PARALLEL)
    deltas = [event.delta for event in await events(client) if event.type == "content_block_delta" and event.index == 1]
    assert [delta.partial_json for delta in deltas] == ["", *DELTAS]


async def test_the_arguments_of_a_whole_answer_stay_as_they_are(upstream: Upstream, client: Any) -> None:
    upstream.enqueue(PARALLEL)
    raw = await client.messages.with_raw_response.create(**ASKED)
    assert ARGUMENTS.encode() in await raw.read()


@pytest.mark.parametrize("whole", [True, False])
async def test_a_call_without_arguments(upstream: Upstream, client: Any, whole: bool) -> None:
    upstream.enqueue(EMPTY_CALL)
    message = await client.messages.create(**ASKED) if whole else await gathered(client)
    assert message.content[0].input == {}


@pytest.mark.parametrize("whole", [True, False])
async def test_thinking(upstream: Upstream, client: Any, whole: bool) -> None:
    upstream.enqueue(THOUGHTFUL)
    message = await client.messages.create(**ASKED) if whole else await gathered(client)
    thinking, text = message.content
    assert (thinking.thinking, thinking.signature) == ("Let me see", "c2lnbmF0dXJl")
    assert text.text == "It is."


@pytest.mark.parametrize("whole", [True, False])
async def test_redacted_thinking(upstream: Upstream, client: Any, whole: bool) -> None:
    upstream.enqueue(REDACTED)
    message = await client.messages.create(**ASKED) if whole else await gathered(client)
    assert (message.content[0].type, message.content[0].data) == ("redacted_thinking", "ZW5jcnlwdGVk")


async def test_the_events(upstream: Upstream, client: Any) -> None:
    upstream.enqueue(THOUGHTFUL)
    raw = await client.messages.with_raw_response.create(**ASKED, stream=True)
    assert raw.headers["content-type"].startswith("text/event-stream")
    kinds = [(event.type, getattr(event, "index", None)) async for event in await raw.parse()]
    assert kinds == [
        ("message_start", None),
        ("content_block_start", 0),
        *[("content_block_delta", 0)] * 3,
        ("content_block_stop", 0),
        ("content_block_start", 1),
        *[("content_block_delta", 1)] * 2,
        ("content_block_stop", 1),
        ("message_delta", None),
        ("message_stop", None),
    ]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (CUT_SHORT, "max_tokens"),
        (REFUSED, "refusal"),
        (Script((Text(("a",)),), finish="stop_sequence", stop_sequence="END"), "stop_sequence"),
        (Script((Text(("a",)),), finish="pause"), "pause_turn"),
    ],
)
async def test_why_it_stopped(upstream: Upstream, client: Any, script: Script, reason: str) -> None:
    upstream.enqueue(script)
    upstream.enqueue(script)
    for message in (await client.messages.create(**ASKED), await gathered(client)):
        assert (message.stop_reason, message.stop_sequence) == (reason, script.stop_sequence)


async def test_counts(client: Any) -> None:
    asked = {name: value for name, value in ASKED.items() if name != "max_tokens"}
    first = await client.messages.count_tokens(**asked)
    longer = await client.messages.count_tokens(**asked, system="Be kind. " * 100)
    assert longer.input_tokens - first.input_tokens == 225


async def test_models_in_pages(client: Any) -> None:
    ids = [model.id async for model in client.models.list(limit=5)]
    assert sorted(ids) == sorted(model.name for model in read_table("anthropic"))
    page = await client.models.list(limit=5)
    assert (page.has_more, page.last_id) == (True, ids[4])
    first = page.data[0]
    assert first.max_input_tokens and first.capabilities.image_input.supported
    assert (await client.models.retrieve(ids[3])).id == ids[3]


async def test_what_is_gone_says_so(client: Any) -> None:
    model = await client.models.retrieve("claude-3-haiku-20240307")
    assert model.lifecycle == "retired" and model.retires_at


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, "BadRequestError"), (401, "AuthenticationError"), (429, "RateLimitError"), (529, "InternalServerError")],
)
async def test_errors(upstream: Upstream, client: Any, status: int, error: str) -> None:
    upstream.plan(f"status={status}")
    with pytest.raises(getattr(anthropic, error)) as raised:
        await client.messages.create(**ASKED)
    assert raised.value.body["type"] == "error"


async def test_an_error_in_a_stream(upstream: Upstream, client: Any) -> None:
    upstream.plan("error-in-stream-at=4")
    with pytest.raises(anthropic.APIStatusError, match="Overloaded"):
        await events(client)
