"""OpenAI's own client reads what is played: chat, responses, embeddings, models, errors."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.scriptable_upstream.answers_for_tests import (
    ARGUMENTS,
    CUT_SHORT,
    EMPTY_CALL,
    HELLO,
    INTERLEAVED,
    PARALLEL,
    REDACTED,
    REFUSED,
    THOUGHTFUL,
)
from tests.scriptable_upstream.script import Call, Script
from tests.scriptable_upstream.upstream import Upstream

openai = pytest.importorskip("openai")

MESSAGES: list[Any] = [{"role": "user", "content": "Hello?"}]
SPEAK_CHAT = ["openai", "compatible", "groq", "cerebras", "mistral", "openrouter", "cloudflare", "github"]
OPTIONS = {"stream_options": {"include_usage": True}}


@pytest.fixture
async def connect(upstream: Upstream) -> AsyncIterator[Any]:
    upstream.github_retired = False
    clients: list[Any] = []

    def made(provider: str = "openai", key: str = "k") -> Any:
        clients.append(openai.AsyncOpenAI(base_url=upstream.base_url(provider), api_key=key, max_retries=0))
        return clients[-1]

    yield made
    for client in clients:
        await client.close()


async def streamed(client: Any, provider: str = "openai", **more: Any) -> list[Any]:
    # Mistral does not take the option, and tells usage all the same.
    options = {} if provider == "mistral" else OPTIONS
    stream = await client.chat.completions.create(model="m", messages=MESSAGES, stream=True, **options, **more)
    return [chunk async for chunk in stream]


def texts(chunks: list[Any]) -> str:
    contents = [choice.delta.content for chunk in chunks for choice in chunk.choices]
    return "".join(content for content in contents if isinstance(content, str))


def calls(chunks: list[Any]) -> dict[int, tuple[str, str, list[str]]]:
    """Index → id, name, deltas of the arguments."""
    found: dict[int, tuple[str, str, list[str]]] = {}
    for chunk in chunks:
        for choice in chunk.choices:
            for call in choice.delta.tool_calls or ():
                opened: tuple[str, str, list[str]] = (call.id, call.function.name, [])
                found.setdefault(call.index, opened)[2].append(call.function.arguments or "")
    return found


@pytest.mark.parametrize("provider", SPEAK_CHAT)
async def test_a_whole_answer(upstream: Upstream, connect: Any, provider: str) -> None:
    upstream.enqueue(HELLO)
    answer = await connect(provider).chat.completions.create(model="m", messages=MESSAGES)
    assert answer.choices[0].message.content == "Hello, wörld 🌍"
    assert answer.choices[0].finish_reason == "stop"
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (20, 4, 24)


@pytest.mark.parametrize("provider", SPEAK_CHAT)
async def test_a_stream(upstream: Upstream, connect: Any, provider: str) -> None:
    upstream.enqueue(HELLO)
    chunks = await streamed(connect(provider), provider)
    assert texts(chunks) == "Hello, wörld 🌍"
    assert {choice.finish_reason for chunk in chunks for choice in chunk.choices} - {None} == {"stop"}
    assert [chunk.usage.total_tokens for chunk in chunks if chunk.usage][-1] == 24
    assert len({chunk.id for chunk in chunks if chunk.id}) == 1


@pytest.mark.parametrize("provider", SPEAK_CHAT)
async def test_parallel_calls(upstream: Upstream, connect: Any, provider: str) -> None:
    upstream.enqueue(PARALLEL)
    answer = await connect(provider).chat.completions.create(model="m", messages=MESSAGES)
    choice = answer.choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content == "I'll look."
    first, second = choice.message.tool_calls
    assert (first.id, first.function.name, first.function.arguments) == ("call_abc1", "get_weather", ARGUMENTS)
    assert (second.id, second.function.arguments) == ("call_abc2", "{}")


@pytest.mark.parametrize("script", [PARALLEL, INTERLEAVED])
@pytest.mark.parametrize("provider", SPEAK_CHAT)
async def test_streamed_calls(upstream: Upstream, connect: Any, provider: str, script: Script) -> None:
    upstream.enqueue(script)
    found = calls(await streamed(connect(provider), provider))
    assert {index: (id, name, "".join(deltas)) for index, (id, name, deltas) in found.items()} == {
        0: ("call_abc1", "get_weather", ARGUMENTS),
        1: ("call_abc2", "get_time", "{}"),
    }
    assert [delta for delta in found[0][2] if delta] == list(script.calls[0].deltas)


async def test_interleaved_means_taking_turns(upstream: Upstream, connect: Any) -> None:
    upstream.enqueue(INTERLEAVED)
    chunks = await streamed(connect())
    order = [call.index for chunk in chunks for each in chunk.choices for call in each.delta.tool_calls or ()]
    assert order == [0, 1, 0, 1, 0, 0]


async def test_a_call_without_arguments(upstream: Upstream, connect: Any) -> None:
    upstream.enqueue(EMPTY_CALL)
    upstream.enqueue(EMPTY_CALL)
    assert calls(await streamed(connect()))[0] == ("call_none", "now", [""])
    assert "".join(calls(await streamed(connect("groq")))[0][2]) == ""


async def test_made_up_ids_are_unique(upstream: Upstream, connect: Any) -> None:
    for _ in range(2):
        upstream.enqueue(Script((Call("f", ("{}",)), Call("g", ("{}",)))))
    ids = [call[0] for _ in range(2) for call in calls(await streamed(connect())).values()]
    assert len(set(ids)) == 4


@pytest.mark.parametrize(
    ("provider", "field"),
    [
        ("compatible", "reasoning_content"),
        ("groq", "reasoning"),
        ("cerebras", "reasoning"),
        ("openrouter", "reasoning"),
    ],
)
async def test_reasoning(upstream: Upstream, connect: Any, provider: str, field: str) -> None:
    upstream.enqueue(THOUGHTFUL)
    upstream.enqueue(THOUGHTFUL)
    answer = await connect(provider).chat.completions.create(model="m", messages=MESSAGES)
    assert getattr(answer.choices[0].message, field) == "Let me see"
    assert answer.choices[0].message.content == "It is."
    chunks = await streamed(connect(provider))
    assert "".join(getattr(each.delta, field, None) or "" for chunk in chunks for each in chunk.choices) == "Let me see"
    assert texts(chunks) == "It is."


async def test_openrouter_signs_its_reasoning(upstream: Upstream, connect: Any) -> None:
    upstream.enqueue(THOUGHTFUL)
    chunks = await streamed(connect("openrouter"))
    details = [
        detail for chunk in chunks for each in chunk.choices for detail in getattr(each.delta, "reasoning_details", ())
    ]
    assert [detail.get("signature") for detail in details] == [None, None, "c2lnbmF0dXJl"]


async def test_mistral_thinks_in_its_content(upstream: Upstream, connect: Any) -> None:
    upstream.enqueue(THOUGHTFUL)
    raw = await connect("mistral").chat.completions.with_raw_response.create(model="m", messages=MESSAGES)
    content = json.loads(raw.content)["choices"][0]["message"]["content"]
    assert [part["type"] for part in content] == ["thinking", "text"]
    assert content[0]["thinking"][0]["text"] == "Let me see"


async def test_openai_hides_its_reasoning(upstream: Upstream, connect: Any) -> None:
    upstream.enqueue(THOUGHTFUL)
    chunks = await streamed(connect())
    assert texts(chunks) == "It is."
    assert chunks[-1].usage.completion_tokens_details.reasoning_tokens == 5


async def test_a_refusal(upstream: Upstream, connect: Any) -> None:
    upstream.enqueue(REFUSED)
    upstream.enqueue(REFUSED)
    answer = await connect().chat.completions.create(model="m", messages=MESSAGES)
    assert (answer.choices[0].message.content, answer.choices[0].message.refusal) == (None, "I can't do that.")
    chunks = await streamed(connect())
    assert "".join(each.delta.refusal or "" for chunk in chunks for each in chunk.choices) == "I can't do that."


async def test_cut_short(upstream: Upstream, connect: Any) -> None:
    upstream.enqueue(CUT_SHORT)
    answer = await connect().chat.completions.create(model="m", messages=MESSAGES)
    assert answer.choices[0].finish_reason == "length"


async def test_usage_only_where_it_was_asked_for(upstream: Upstream, connect: Any) -> None:
    stream = await connect().chat.completions.create(model="m", messages=MESSAGES, stream=True)
    assert [chunk.usage async for chunk in stream if chunk.usage] == []


async def test_no_usage_at_all(upstream: Upstream, connect: Any) -> None:
    upstream.enqueue(Script(HELLO.parts, counts=False))
    assert [chunk.usage for chunk in await streamed(connect("compatible")) if chunk.usage] == []


async def test_the_name_that_the_answer_gives(upstream: Upstream, connect: Any) -> None:
    upstream.script("m", Script(HELLO.parts, model="m-2026-01-01"))
    assert {chunk.model for chunk in await streamed(connect())} == {"m-2026-01-01"}


# Responses


async def responded(client: Any, **more: Any) -> list[Any]:
    stream = await client.responses.create(model="m", input="Hello?", stream=True, **more)
    return [event async for event in stream]


async def test_a_whole_response(upstream: Upstream, connect: Any) -> None:
    upstream.enqueue(HELLO)
    response = await connect().responses.create(model="m", input="Hello?", instructions="Be kind", temperature=0.5)
    assert response.output_text == "Hello, wörld 🌍"
    assert (response.status, response.instructions, response.temperature) == ("completed", "Be kind", 0.5)
    assert (response.usage.input_tokens, response.usage.input_tokens_details.cached_tokens) == (20, 8)


async def test_the_events_of_a_response(upstream: Upstream, connect: Any) -> None:
    upstream.enqueue(Script((*THOUGHTFUL.parts, *PARALLEL.calls), usage=THOUGHTFUL.usage))
    events = await responded(connect(), include=["reasoning.encrypted_content"])
    assert [event.sequence_number for event in events] == list(range(len(events)))
    kinds = [event.type.removeprefix("response.") for event in events]
    assert kinds == [
        *("created", "in_progress"),
        *("output_item.added", "reasoning_summary_part.added"),
        *("reasoning_summary_text.delta", "reasoning_summary_text.delta"),
        *("reasoning_summary_text.done", "reasoning_summary_part.done", "output_item.done"),
        *("output_item.added", "content_part.added", "output_text.delta", "output_text.delta"),
        *("output_text.done", "content_part.done", "output_item.done"),
        *("output_item.added", *["function_call_arguments.delta"] * 3, "function_call_arguments.done"),
        *("output_item.done", "output_item.added", "function_call_arguments.delta", "function_call_arguments.done"),
        *("output_item.done", "completed"),
    ]
    reasoning, message, first, second = events[-1].response.output
    assert (reasoning.summary[0].text, reasoning.encrypted_content) == ("Let me see", "c2lnbmF0dXJl")
    assert message.content[0].text == "It is."
    assert (first.call_id, first.name, first.arguments) == ("call_abc1", "get_weather", ARGUMENTS)
    assert second.arguments == "{}"
    assert events[-1].response.usage.output_tokens_details.reasoning_tokens == 5


async def test_the_clients_own_gathering_of_a_response(upstream: Upstream, connect: Any) -> None:
    upstream.enqueue(INTERLEAVED)
    async with connect().responses.stream(model="m", input="Hello?") as stream:
        async for _ in stream:
            pass
        response = await stream.get_final_response()
    assert response.output_text == "I'll look."
    assert [call.arguments for call in response.output[1:]] == [ARGUMENTS, "{}"]


async def test_encrypted_reasoning_only_where_it_was_asked_for(upstream: Upstream, connect: Any) -> None:
    upstream.enqueue(REDACTED)
    upstream.enqueue(REDACTED)
    without = await connect().responses.create(model="m", input="?")
    with_it = await connect().responses.create(model="m", input="?", include=["reasoning.encrypted_content"])
    assert (without.output[0].encrypted_content, with_it.output[0].encrypted_content) == (None, "ZW5jcnlwdGVk")
    assert with_it.output[0].summary == []


async def test_arguments_only_when_done(upstream: Upstream, connect: Any) -> None:
    upstream.enqueue(Script((Call("f", (ARGUMENTS,), only_when_done=True),)))
    events = await responded(connect())
    assert not [event for event in events if event.type == "response.function_call_arguments.delta"]
    done = [event for event in events if event.type == "response.function_call_arguments.done"]
    assert [event.arguments for event in done] == [ARGUMENTS]


async def test_a_refused_response(upstream: Upstream, connect: Any) -> None:
    upstream.enqueue(REFUSED)
    events = await responded(connect())
    assert "".join(event.delta for event in events if event.type == "response.refusal.delta") == "I can't do that."
    assert events[-1].response.output[0].content[0].refusal == "I can't do that."


async def test_an_incomplete_response(upstream: Upstream, connect: Any) -> None:
    upstream.enqueue(CUT_SHORT)
    events = await responded(connect())
    assert events[-1].type == "response.incomplete"
    assert events[-1].response.incomplete_details.reason == "max_output_tokens"


async def test_an_error_among_the_events(upstream: Upstream, connect: Any) -> None:
    upstream.plan("error-in-stream-at=3")
    *_, last = await responded(connect())
    assert (last.type, last.code) == ("error", "server_error")


# Others


@pytest.mark.parametrize("form", [{}, {"encoding_format": "float"}])
async def test_embeddings(connect: Any, form: dict[str, Any]) -> None:
    """The client asks for base64 by itself."""
    asked = {"model": "text-embedding-3-small", **form}
    answer = await connect().embeddings.create(input=["one", "two", "one"], **asked)
    first, second, third = [each.embedding for each in answer.data]
    assert len(first) == 1536
    assert first == third != second
    assert abs(sum(number * number for number in first) - 1) < 1e-4
    assert len((await connect().embeddings.create(input="one", dimensions=10, **asked)).data[0].embedding) == 10


@pytest.mark.parametrize("provider", ["openai", "groq", "cerebras", "mistral", "openrouter"])
async def test_models(upstream: Upstream, connect: Any, provider: str) -> None:
    upstream.script("my-own")
    listed = [model.id async for model in connect(provider).models.list()]
    assert "my-own" in listed
    assert len(listed) > 8
    assert len(set(listed)) == len(listed)


async def test_one_model(upstream: Upstream, connect: Any) -> None:
    assert (await connect().models.retrieve("gpt-4o")).id == "gpt-4o"
    with pytest.raises(openai.NotFoundError):
        await connect().models.retrieve("nope")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, "BadRequestError"),
        (401, "AuthenticationError"),
        (403, "PermissionDeniedError"),
        (404, "NotFoundError"),
        (409, "ConflictError"),
        (422, "UnprocessableEntityError"),
        (429, "RateLimitError"),
        (500, "InternalServerError"),
    ],
)
async def test_errors(upstream: Upstream, connect: Any, status: int, error: str) -> None:
    upstream.plan(f"status={status}")
    with pytest.raises(getattr(openai, error)) as raised:
        await connect().chat.completions.create(model="m", messages=MESSAGES)
    assert raised.value.message
    assert raised.value.body["message"]


async def test_an_error_in_a_stream(upstream: Upstream, connect: Any) -> None:
    upstream.plan("error-in-stream-at=2")
    with pytest.raises(openai.APIError, match="had an error"):
        await streamed(connect())


async def test_a_cut_stream(upstream: Upstream, connect: Any) -> None:
    upstream.plan("cut-after=3 every=5ms")
    # The client lets the errors of its HTTP library through.
    with pytest.raises(Exception, match=r"[Cc]onnection|[Rr]ead|peer|incomplete|^$"):
        await streamed(connect())


async def test_retries_of_the_client_itself(upstream: Upstream, connect: Any) -> None:
    upstream.plan("first 2: status=500; then ok")
    client = connect().with_options(max_retries=2)
    assert await client.chat.completions.create(model="m", messages=MESSAGES)
    assert [record.status for record in upstream.records] == [500, 500, 200]
