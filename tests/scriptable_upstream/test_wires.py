"""The bytes of the streams, event by event, as the providers' documentation and recordings show them."""

import json
from typing import Any

import pytest

from tests.scriptable_upstream.answers_for_tests import (
    ARGUMENTS,
    CUT_SHORT,
    DELTAS,
    EMPTY_CALL,
    HELLO,
    INTERLEAVED,
    PARALLEL,
    REDACTED,
    REFUSED,
    THOUGHTFUL,
)
from tests.scriptable_upstream.providers import PROVIDERS
from tests.scriptable_upstream.script import Call, Script, Usage, say
from tests.scriptable_upstream.stamps import BLANK, Stamp, numbered, stamped
from tests.scriptable_upstream.wires.anthropic import Anthropic
from tests.scriptable_upstream.wires.gemini import Gemini, GeminiArray
from tests.scriptable_upstream.wires.ollama import OllamaChat, OllamaGenerate
from tests.scriptable_upstream.wires.openai_chat import OpenAIChat
from tests.scriptable_upstream.wires.openai_responses import OpenAIResponses
from tests.scriptable_upstream.wires.wire import Asked, Wire

STAMP = Stamp("S" * 22, 1700000000)
ASKED = Asked("m", True, True)
WIRES: dict[str, Wire] = {
    **{f"chat {name}": provider.chat for name, provider in PROVIDERS.items() if provider.chat},
    "responses": OpenAIResponses(),
    "anthropic": Anthropic(),
    "gemini": Gemini(),
    "gemini array": GeminiArray(),
    "ollama chat": OllamaChat(),
    "ollama generate": OllamaGenerate(),
}
SCRIPTS = [HELLO, PARALLEL, INTERLEAVED, THOUGHTFUL, REDACTED, REFUSED, CUT_SHORT, EMPTY_CALL, Script(()), say()]


def data(event: bytes) -> Any:
    """The JSON of an event, or None of one that has none."""
    line = event.strip().splitlines()[-1].removeprefix(b"data: ")
    return json.loads(line) if line.startswith(b"{") else None


def lines(wire: Wire, script: Script) -> list[str]:
    return [event.decode() for event in wire.stream(script, ASKED, STAMP)]


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("name", WIRES)
def test_everything_is_json(name: str, script: Script) -> None:
    wire = WIRES[name]
    assert json.loads(wire.whole(script, ASKED, STAMP))
    events = wire.stream(script, ASKED, STAMP)
    if name == "gemini array":
        assert json.loads(b"".join(events))
    else:
        assert [data(event) for event in events if b"{" in event]
        assert all(event.endswith(b"\n") for event in events)
    assert wire.failure(ASKED, STAMP)


@pytest.mark.parametrize("name", WIRES)
def test_the_opening_ends_before_the_first_text(name: str) -> None:
    wire = WIRES[name]
    events = wire.stream(say("first", "second"), ASKED, STAMP)
    assert [b"first" in event for event in events[: wire.opening + 1]] == [*[False] * wire.opening, True]


@pytest.mark.parametrize("name", WIRES)
def test_a_delta_is_one_of_the_stream(name: str) -> None:
    wire = WIRES[name]
    if name in ("chat openai", "chat github", "gemini", "gemini array", "responses", "anthropic"):
        # Hidden lengths, running usage, numbers, and the first element of an array.
        assert b'"text here"' in wire.delta("text here", ASKED, STAMP)
        return
    events = wire.stream(say("a", "text here"), ASKED, STAMP)
    assert wire.delta("text here", ASKED, STAMP) in events


@pytest.mark.parametrize("name", WIRES)
def test_what_is_stamped_later_is_the_same(name: str) -> None:
    wire, stamp = WIRES[name], numbered(7, 1712345678, "abcd")
    for script in (HELLO, PARALLEL):
        later = [stamped(event, stamp) for event in wire.stream(script, ASKED, BLANK)]
        assert later == wire.stream(script, ASKED, stamp)
        assert stamped(wire.whole(script, ASKED, BLANK), stamp) == wire.whole(script, ASKED, stamp)


def test_openai() -> None:
    head = (
        '"id":"chatcmpl-SSSSSSSSSSSSSSSSSSSSSS","object":"chat.completion.chunk","created":1700000000,"model":"m",'
        '"service_tier":"default","system_fingerprint":"fp_4fa7959453","choices":[{"index":0,"delta":'
    )
    tail = ',"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":'
    found = [line.partition(tail)[0] for line in lines(OpenAIChat(), Script((Call("add", ('{"a"', ":1}"), "call_1"),)))]
    opened = '{"index":0,"id":"call_1","type":"function","function":{"name":"add","arguments":""}}'
    assert found[:4] == [
        f'data: {{{head}{{"role":"assistant","content":null,"refusal":null}}',
        f'data: {{{head}{{"tool_calls":[{opened}]}}',
        f'data: {{{head}{{"tool_calls":[{{"index":0,"function":{{"arguments":"{{\\"a\\""}}}}]}}',
        f'data: {{{head}{{"tool_calls":[{{"index":0,"function":{{"arguments":":1}}"}}}}]}}',
    ]
    assert found[-1] == "data: [DONE]\n\n"


def test_openai_whole() -> None:
    text = OpenAIChat().whole(HELLO, ASKED, STAMP).decode()
    assert text.startswith('{\n  "id": "chatcmpl-SSSSSSSSSSSSSSSSSSSSSS",\n  "object": "chat.completion",\n')
    assert '"content": "Hello, wörld 🌍",\n        "refusal": null,\n        "annotations": []\n' in text


def test_cerebras_has_no_done() -> None:
    found = [data(event) for event in WIRES["chat cerebras"].stream(HELLO, ASKED, STAMP)]
    assert found[-1]["choices"] == [{"delta": {}, "finish_reason": "stop", "index": 0}]
    assert found[-1]["usage"]["total_tokens"] == 24
    assert list(found[1]["choices"][0]) == ["delta", "index"]


def test_groq_says_usage_thrice() -> None:
    *_, finished, used, _ = [data(event) for event in WIRES["chat groq"].stream(HELLO, ASKED, STAMP)]
    assert finished["x_groq"]["usage"] == finished["usage"] == used["usage"]
    assert used["choices"] == []


def test_mistral_finishes_with_usage() -> None:
    *_, finished, done = WIRES["chat mistral"].stream(PARALLEL, Asked("m", True), STAMP)
    assert data(finished)["choices"][0]["finish_reason"] == "tool_calls"
    assert data(finished)["usage"]["total_tokens"] == 130
    assert done == b"data: [DONE]\n\n"
    made_up = json.loads(WIRES["chat mistral"].whole(Script((Call("f", ("{}",)),)), ASKED, STAMP))
    assert len(made_up["choices"][0]["message"]["tool_calls"][0]["id"]) == 9


def test_openrouter_comments_first() -> None:
    events = WIRES["chat openrouter"].stream(HELLO, ASKED, STAMP)
    assert events[:2] == [b": OPENROUTER PROCESSING\n\n"] * 2
    *_, finished, used, _ = [data(event) for event in events]
    assert finished["choices"] == used["choices"]
    assert used["usage"]["cost"] > 0
    assert WIRES["chat openrouter"].whole(HELLO, ASKED, STAMP).startswith(b"\n         \n{")


def test_github_opens_without_choices() -> None:
    assert data(WIRES["chat github"].stream(HELLO, ASKED, STAMP)[0])["choices"] == []


def test_anthropic() -> None:
    events = lines(Anthropic(), say("Hi"))
    assert [event.splitlines()[0] for event in events] == [
        "event: message_start",
        "event: content_block_start",
        "event: ping",
        "event: content_block_delta",
        "event: content_block_stop",
        "event: message_delta",
        "event: message_stop",
    ]
    assert events[2] == 'event: ping\ndata: {"type": "ping"}\n\n'
    delta = events[3].splitlines()[1]
    start = 'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}'
    assert delta.startswith(start) and not delta.removeprefix(start).rstrip("}").strip()
    assert data(events[5].encode())["delta"] == {"stop_reason": "end_turn", "stop_sequence": None}


def test_anthropic_counts_the_cached_apart() -> None:
    script = Script(say("a").parts, usage=Usage(100, 5, cached=60, cache_write=10))
    usage = json.loads(Anthropic().whole(script, ASKED, STAMP))["usage"]
    assert usage["input_tokens"] == 30
    assert (usage["cache_read_input_tokens"], usage["cache_creation_input_tokens"]) == (60, 10)


def test_anthropic_keeps_the_arguments_as_they_are() -> None:
    assert f'"input":{ARGUMENTS},'.encode() in Anthropic().whole(PARALLEL, ASKED, STAMP)
    deltas = [data(event) for event in Anthropic().stream(PARALLEL, ASKED, STAMP) if b"input_json_delta" in event]
    assert [each["delta"]["partial_json"] for each in deltas] == ["", *DELTAS, "", "{}"]


def test_gemini() -> None:
    first, *_, last = Gemini().stream(say("<Hi>", "."), ASKED, STAMP)
    assert first == (
        b'data: {"candidates": [{"content": {"parts": [{"text": "\\u003cHi\\u003e"}],"role": "model"},"index": 0}],'
        b'"usageMetadata": {"promptTokenCount": 12,"totalTokenCount": 12,'
        b'"promptTokensDetails": [{"modality": "TEXT","tokenCount": 12}]},'
        b'"modelVersion": "m","responseId": "SSSSSSSSSSSSSSSSSSSSSS"}\r\n\r\n'
    )
    assert b'"finishReason": "STOP"' in last


def test_gemini_sends_a_call_whole_and_as_it_is() -> None:
    calls = [event for event in Gemini().stream(PARALLEL, ASKED, STAMP) if b"functionCall" in event]
    assert len(calls) == 2
    assert f'"args": {ARGUMENTS},'.encode() in calls[0]


def test_gemini_signs_what_is_no_base64() -> None:
    script = Script((Call("f", ("{}",), signature="plain text!"),))
    part = json.loads(Gemini().whole(script, ASKED, STAMP))["candidates"][0]["content"]["parts"][0]
    assert part["thoughtSignature"] == "cGxhaW4gdGV4dCE="


def test_ollama() -> None:
    first, last = lines(OllamaChat(), say("Hi"))
    assert first == (
        '{"model":"m","created_at":"2023-11-14T22:13:20.123456789Z","message":{"role":"assistant","content":"Hi"},'
        '"done":false}\n'
    )
    assert last.startswith('{"model":"m","created_at":"2023-11-14T22:13:20.123456789Z","message":')
    assert '"done":true,"done_reason":"stop","total_duration":' in last


def test_ollama_writes_the_arguments_anew() -> None:
    line = OllamaChat().stream(PARALLEL, ASKED, STAMP)[1].decode()
    assert '"arguments":{"city":"Zürich ☺","days":10.0}' in line
