"""What comes in by one dialect and goes out by another comes back the same, but for what cannot be expressed there.

All pairs: a client's dialect in front, an upstream's behind.
"""

import itertools
import json
from collections.abc import Iterable
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.triforce_daemon.dialects.canonical_values import (
    NAMES,
    TEXTS,
    arguments,
    by_value,
    conversations,
    cut,
    tools,
    usages,
    whole,
)
from tests.triforce_daemon.dialects.expressible import LIMITS, Told, left_of
from tests.triforce_daemon.dialects.splitting import cut as cut_at
from tests.triforce_daemon.dialects.splitting import read, written
from triforce_daemon.dialects.anthropic.dialect import Anthropic
from triforce_daemon.dialects.canonical import (
    Answer,
    DialectName,
    FinishReason,
    Message,
    OutputFormat,
    Request,
    Thinking,
    Tool,
    ToolChoice,
)
from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.dialects.effort import effort_of
from triforce_daemon.dialects.gemini.dialect import Gemini
from triforce_daemon.dialects.ollama.dialect import Ollama
from triforce_daemon.dialects.openai_chat.dialect import OpenAIChat
from triforce_daemon.dialects.openai_responses.dialect import OpenAIResponses
from triforce_daemon.errors import ContextExceeded, UpstreamFailed

DIALECTS: dict[DialectName, Dialect] = {
    "openai_chat": OpenAIChat(lambda: 1.5),
    "openai_responses": OpenAIResponses(lambda: 1.5),
    "anthropic": Anthropic(),
    "gemini": Gemini(),
    "ollama": Ollama(lambda: 1.5),
}
#: Where a model's name decides what may be asked of it, one that may be asked much.
MODELS: dict[DialectName, str] = {"anthropic": "claude-sonnet-4-5", "gemini": "gemini-2.5-pro"}
PAIRS = list(itertools.product(DIALECTS, repeat=2))
#: Of each pair; together they are many.
few = settings(max_examples=25)
pairs = pytest.mark.parametrize(("client", "upstream"), PAIRS, ids=[f"{one}-{other}" for one, other in PAIRS])

ASKED = Request(
    "some-model",
    [Message(role="user", parts=[{"type": "text", "text": "Well?"}])],
    stream=True,
    include_usage=True,
    thinking={"effort": "high", "visible": True},
    max_tokens=1_000,
)


# Answers


@st.composite
def answers(draw: st.DrawFn, signed: bool, hidden: bool) -> Told:
    """An answer with everything in any order; `signed`, `hidden`: as the upstream's thoughts may be."""
    parts: list[dict[str, Any]] = []
    for number, kind in enumerate(draw(st.lists(st.sampled_from(["text", "thinking", "refusal", "call"]), max_size=6))):
        if kind == "call":
            call = {"type": "tool_call", "id": f"call_{number}", "name": draw(NAMES), "arguments": draw(arguments())}
            parts.append(call)
        elif kind == "thinking" and signed and draw(st.booleans()):
            text = "" if hidden and draw(st.booleans()) else draw(TEXTS)
            parts.append({"type": "thinking", "text": text, "signature": "c2lnbmVk"})
        else:
            parts.append({"type": kind, "text": draw(TEXTS)})
    called = any(part["type"] == "tool_call" for part in parts)
    ends: list[FinishReason] = ["stop", "length", "content_filter", "refusal", "pause", "other"]
    finish: FinishReason = draw(st.sampled_from(["tool_calls", "length"] if called else ends))
    return Told(parts, finish, draw(st.none() | usages()))


def from_upstream(upstream: DialectName) -> st.SearchStrategy[Told]:
    return answers(LIMITS[upstream].signatures, LIMITS[upstream].hidden)


def as_answer(told: Told, origin: DialectName) -> Answer:
    parts: list[Any] = []
    for part in told.parts:
        if part["type"] == "thinking":
            part = {"signature": None, **part, "origin": origin}
            if not part["text"]:
                part["redacted"] = True
        parts.append(part)
    return Answer("answer-1", "some-model", parts, told.finish, told.usage)


def as_events(told: Told, origin: DialectName, pieces: Iterable[list[str]]) -> list[Any]:
    """The stream of an answer, each part's text in the pieces that `pieces` has for it."""
    events: list[Any] = [{"type": "started", "id": "answer-1", "model": "some-model"}]
    for index, (part, texts) in enumerate(zip(told.parts, pieces, strict=True)):
        kind = part["type"]
        if kind == "tool_call":
            events.append({"type": kind, "index": index, "id": part["id"], "name": part["name"]})
            kind = "arguments"
        events += [{"type": kind, "index": index, "text": text} for text in texts]
        if "signature" in part:
            signed = {"type": "signature", "index": index, "signature": part["signature"], "origin": origin}
            events.append(signed if part["text"] else {**signed, "redacted": True})
    events.append({"type": "finished", "reason": told.finish})
    return [*events, {"type": "usage", "usage": told.usage}] if told.usage else events


def compared(answer: Answer) -> Told:
    """An answer that was read: signatures count where they are the reader's own."""
    parts: list[dict[str, Any]] = []
    for part in answer.parts:
        one: dict[str, Any] = dict(part)
        for name in ("origin", "id", "redacted", "extras") if part["type"] == "thinking" else ("extras",):
            one.pop(name, None)
        if one.get("signature", "") is None:
            one.pop("signature")
        parts.append(one)
    return Told(parts, answer.finish, answer.usage)


def valued(told: Told) -> Told:
    """By the value of its arguments, and no usage where it is nothing but zeros."""
    usage = told.usage if told.usage and any(told.usage.values()) else None
    return Told([by_value(part) for part in told.parts], told.finish, usage)


def expected(told: Told, client: DialectName, upstream: DialectName, *, streamed: bool) -> Told:
    said = left_of(told, upstream, upstream, streamed=streamed)
    return left_of(said, client, upstream, streamed=streamed)


def texts_of_arguments(told: Told) -> list[str]:
    return [part["arguments"] for part in told.parts if part["type"] == "tool_call"]


def through(body: dict[str, Any]) -> dict[str, Any]:
    """What a body is on the wire."""
    return orjson.loads(orjson.dumps(body))


@pairs
@few
@given(data=st.data())
def test_answers(client: DialectName, upstream: DialectName, data: st.DataObject) -> None:
    told = data.draw(from_upstream(upstream))
    front, behind = DIALECTS[client], DIALECTS[upstream]
    got = behind.read_answer(through(behind.write_answer(as_answer(told, upstream), ASKED)))
    answer = front.read_answer(through(front.write_answer(got, ASKED)))
    found = compared(answer)
    assert valued(found) == valued(expected(told, client, upstream, streamed=False))
    assert answer.model == "some-model"
    assert "ollama" in (client, upstream) or answer.id == "answer-1"
    if {client, upstream} <= {"openai_chat", "openai_responses"}:
        assert texts_of_arguments(found) == texts_of_arguments(told)


@pairs
@few
@given(data=st.data())
def test_streams(client: DialectName, upstream: DialectName, data: st.DataObject) -> None:
    told = data.draw(from_upstream(upstream))
    pieces = [data.draw(cut(part.get("text", part.get("arguments", "")))) for part in told.parts]
    behind, front = DIALECTS[upstream], DIALECTS[client]
    stream = written(behind.writer(ASKED), as_events(told, upstream, pieces))
    places = data.draw(st.lists(st.integers(0, len(stream)), max_size=6))
    answer = relayed(client, upstream, cut_at(stream, places))
    reader = front.reader()
    events = read(reader, [answer])
    assert (reader.complete, reader.malformed) == (True, 0)
    found = whole(events)
    result = Told(found["parts"], found["reason"], found["usage"])
    wanted = expected(told, client, upstream, streamed=True)
    assert valued_parts(result) == valued(wanted)
    if not {client, upstream} & {"gemini", "ollama"}:
        assert streamed_arguments(events) == texts_of_arguments(told)


def valued_parts(told: Told) -> Told:
    usage = told.usage if told.usage and any(told.usage.values()) else None
    return Told(told.parts, told.finish, usage)


def streamed_arguments(events: list[Any]) -> list[str]:
    texts: dict[int, str] = {}
    for event in events:
        if event["type"] == "tool_call":
            texts[event["index"]] = ""
        elif event["type"] == "arguments":
            texts[event["index"]] += event["text"]
    return list(texts.values())


def relayed(client: DialectName, upstream: DialectName, chunks: list[bytes]) -> bytes:
    """A client's stream, made of an upstream's as the gateway makes it."""
    reader, writer = DIALECTS[upstream].reader(), DIALECTS[client].writer(ASKED)
    sent = b"".join(writer.write(event) for event in read(reader, chunks))
    assert (reader.complete, reader.malformed) == (True, 0)
    return sent + writer.finish()


SHORT = Told(
    [
        {"type": "thinking", "text": "é"},
        {"type": "text", "text": "\U0001f600\n"},
        {"type": "tool_call", "id": "a", "name": "f", "arguments": '{"é": "\\n"}'},
        {"type": "tool_call", "id": "b", "name": "g", "arguments": ""},
    ],
    "tool_calls",
    {"input_tokens": 2, "output_tokens": 1},
)


@pairs
def test_a_stream_is_the_same_wherever_it_is_cut(client: DialectName, upstream: DialectName) -> None:
    pieces = [["é"], ["\U0001f600", "\n"], ['{"é"', ': "\\n"}'], []]
    stream = written(DIALECTS[upstream].writer(ASKED), as_events(SHORT, upstream, pieces))
    answer = relayed(client, upstream, [stream])
    assert relayed(client, upstream, [stream[place : place + 1] for place in range(len(stream))]) == answer
    for place in range(1, len(stream)):
        assert relayed(client, upstream, [stream[:place], stream[place:]]) == answer


@pairs
def test_a_large_call_comes_whole(client: DialectName, upstream: DialectName) -> None:
    text = json.dumps({"content": 'Zeile \U0001f600 \\ " \n' * 20_000, "n": [1, 2.5, None, True]}, ensure_ascii=False)
    told = Told([{"type": "tool_call", "id": "a", "name": "f", "arguments": text}], "tool_calls", None)
    pieces = [[text[start : start + 1_000] for start in range(0, len(text), 1_000)]]
    stream = written(DIALECTS[upstream].writer(ASKED), as_events(told, upstream, pieces))
    chunks = [stream[start : start + 4_096] for start in range(0, len(stream), 4_096)]
    found = whole(read(DIALECTS[client].reader(), [relayed(client, upstream, chunks)]))
    assert found["parts"] == [by_value(told.parts[0])]


@pairs
def test_a_call_that_was_cut_short_is_not_lost(client: DialectName, upstream: DialectName) -> None:
    text = '{"path": "/tmp", "content": "Once'
    told = Told([{"type": "tool_call", "id": "a", "name": "f", "arguments": text}], "length", None)
    stream = written(DIALECTS[upstream].writer(ASKED), as_events(told, upstream, [[text]]))
    events = read(DIALECTS[client].reader(), [relayed(client, upstream, [stream])])
    assert events[-1]["type"] == "usage" or events[-1]["reason"] == "length"
    (found,) = streamed_arguments(events)
    as_it_came = not {client, upstream} & {"gemini", "ollama"}
    assert found == text if as_it_came else json.loads(found)["arguments"] == text


@pairs
def test_a_stream_that_breaks_off_never_looks_whole(client: DialectName, upstream: DialectName) -> None:
    stream = written(DIALECTS[upstream].writer(ASKED), as_events(SHORT, upstream, [["é"], ["a"], ['{"é": "\\n"}'], []]))
    for place in range(0, len(stream) - 40, 41):
        reader, writer = DIALECTS[upstream].reader(), DIALECTS[client].writer(ASKED)
        sent = b"".join(writer.write(event) for event in read(reader, [stream[:place]]))
        if reader.complete:
            continue
        sent += writer.fail(UpstreamFailed("It broke off.", "Try again."), "r1")
        listener = DIALECTS[client].reader()
        events = read(listener, [sent])
        assert events[-1]["type"] == "failed"
        assert "It broke off. Try again." in events[-1]["message"]
        assert not listener.complete


@pairs
def test_errors(client: DialectName, upstream: DialectName) -> None:
    error = ContextExceeded("That is 9 tokens too long.")
    body = orjson.dumps(DIALECTS[upstream].write_error(error, "r1"))
    got = DIALECTS[upstream].read_error(400, body)
    again = DIALECTS[client].read_error(got.status, orjson.dumps(DIALECTS[client].write_error(got, "r1")))
    assert got.status == again.status == 400
    assert "That is 9 tokens too long." in again.message


# Requests


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}
CHOICES: list[ToolChoice] = [{"mode": "auto"}, {"mode": "none"}, {"mode": "required"}]
FORMS: list[OutputFormat | None] = [None, {"type": "json"}, {"type": "schema", "schema": SCHEMA}]
THOUGHTS: list[Thinking | None] = [
    None,
    {"effort": "none"},
    {"effort": "low"},
    {"effort": "high", "visible": True},
    {"budget": 9_000},
]


@st.composite
def requests(draw: st.DrawFn, origin: DialectName) -> Request:
    """What a client of this dialect may ask: all that there is a word for."""
    known: list[Tool] = draw(tools())
    request = Request(
        "some-model",
        draw(conversations(origin)),
        tools=known if draw(st.booleans()) else [],
        max_tokens=draw(st.integers(20_000, 30_000)),
        temperature=draw(st.none() | st.sampled_from([0, 0.5, 1])),
        top_p=draw(st.none() | st.sampled_from([0.5, 0.9])),
        top_k=draw(st.none() | st.integers(1, 50)),
        stop=draw(st.lists(st.sampled_from(["END", "STOP"]), max_size=2, unique=True)),
        seed=draw(st.none() | st.integers(0, 9)),
        presence_penalty=draw(st.none() | st.sampled_from([0.5])),
        frequency_penalty=draw(st.none() | st.sampled_from([0.5])),
        user=draw(st.none() | st.just("ann")),
    )
    if request.tools:
        one: ToolChoice = {"mode": "one", "name": known[0]["name"]}
        request.tool_choice = draw(st.sampled_from([None, *CHOICES, one]))
        if request.tool_choice is not None:
            request.parallel_tool_calls = draw(st.none() | st.booleans())
    request.output = draw(st.sampled_from(FORMS))
    request.thinking = draw(st.sampled_from(THOUGHTS))
    return request


#: A field of the vocabulary, and how its name begins where it is said to be lost, if not by itself.
FIELDS = {
    "max_tokens": "max",
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "stop": "stop",
    "seed": "seed",
    "presence_penalty": "presence_penalty",
    "frequency_penalty": "frequency_penalty",
    "user": "user",
    "parallel_tool_calls": "parallel_tool_calls",
}


#: Holds where nothing is said.
PARALLEL = ("parallel_tool_calls", True)


@pairs
@few
@given(data=st.data())
def test_requests(client: DialectName, upstream: DialectName, data: st.DataObject) -> None:
    front, behind = DIALECTS[client], DIALECTS[upstream]
    body = through(front.write_request(data.draw(requests(client))).body)
    asked = front.read_request(body, model=MODELS.get(upstream, "some-model"), stream=False)
    sent = behind.write_request(asked)
    found = behind.read_request(through(sent.body), model=asked.model, stream=False)
    if asked.tool_choice == {"mode": "none"}:
        asked.parallel_tool_calls = None
    for field, name in FIELDS.items():
        meant, said = getattr(asked, field), getattr(found, field)
        silent = f"{field}: {meant} became {said} in silence"
        assert meant in (None, [], said) or lost(sent.dropped, name) or (field, meant) == PARALLEL, silent
    assert retold(found.messages, upstream) == retold(thought_by(asked.messages, upstream), upstream)
    check_tools(asked, found, sent.dropped)
    check_forms(asked, found, sent.dropped)


def lost(dropped: list[str], name: str) -> bool:
    return any(one.startswith(name) for one in dropped)


def check_tools(asked: Request, found: Request, dropped: list[str]) -> None:
    chosen = asked.tool_choice
    if chosen is not None and chosen["mode"] == "none" and not found.tools:
        return
    # Where a dialect names the one by leaving the others out, they are gone when it is read.
    wanted = [tool for tool in asked.tools if chosen is None or chosen.get("name", tool["name"]) == tool["name"]]
    if len(found.tools) != len(wanted):
        wanted = asked.tools
    assert [tool["name"] for tool in found.tools] == [tool["name"] for tool in wanted]
    for meant, said in zip(wanted, found.tools, strict=True):
        assert (said["description"], said["schema"]) == (meant["description"], meant["schema"]) or lost(
            dropped, "tools"
        )
    plain = chosen is None or chosen["mode"] == "auto"
    assert (
        found.tool_choice == chosen
        or (plain and found.tool_choice in (None, {"mode": "auto"}))
        or lost(dropped, "tool_choice")
    )


def check_forms(asked: Request, found: Request, dropped: list[str]) -> None:
    if asked.output is not None:
        said = found.output or {"type": "text"}
        same = (said["type"], said.get("schema")) == (asked.output["type"], asked.output.get("schema"))
        assert same or lost(dropped, "output")
    if asked.thinking is not None:
        said = effort_of(found.thinking) if found.thinking else None
        assert said == effort_of(asked.thinking) or lost(dropped, "thinking")


def thought_by(messages: list[Message], upstream: DialectName) -> list[Message]:
    """Without thoughts that are not the upstream's own, or not as it wants them back."""
    signed = LIMITS[upstream].signatures

    def kept(part: Any) -> bool:
        return part["type"] != "thinking" or (part["origin"] == upstream and bool(part["signature"]) is signed)

    return [Message(role=one["role"], parts=[part for part in one["parts"] if kept(part)]) for one in messages]


def retold(messages: list[Message], upstream: DialectName) -> list[Any]:
    """The conversation as runs of one role: their words, and their other parts in order."""
    runs: list[tuple[str, list[str], list[Any]]] = []
    for message in messages:
        for part in message["parts"]:
            role = "user" if message["role"] == "user" else message["role"]
            if not runs or runs[-1][0] != role:
                runs.append((role, [], []))
            if part["type"] == "text":
                runs[-1][1].append(part["text"])
            else:
                runs[-1][2].append(_comparable(part))
    return [(role, "".join("".join(words).split()), others) for role, words, others in runs]


def _comparable(part: Any) -> Any:
    one = {name: value for name, value in part.items() if name not in ("extras", "id", "redacted")}
    if part["type"] == "tool_call":
        one.pop("signature", None)
        return {**by_value(one), "id": part["id"]}
    if part["type"] == "tool_result":
        words = "".join(piece["text"] for piece in part["content"])
        return {"id": part["id"], "name": part["name"], "failed": part["failed"], "words": "".join(words.split())}
    return one
