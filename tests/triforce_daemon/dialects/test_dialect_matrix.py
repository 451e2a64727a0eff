"""An answer that comes by one dialect and goes on by another is the same, but for what cannot be expressed there."""

import json
from collections.abc import Iterable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.dialects.canonical_values import NAMES, TEXTS, arguments, by_value, cut, usages, whole
from tests.triforce_daemon.dialects.expressible import LIMITS, Told, left_of
from tests.triforce_daemon.dialects.pairs import DIALECTS, few, pairs, through
from tests.triforce_daemon.dialects.splitting import cut as cut_at
from tests.triforce_daemon.dialects.splitting import read, written
from triforce_daemon.dialects.canonical import Answer, DialectName, FinishReason, Message, Request
from triforce_daemon.errors import ContextExceeded, UpstreamFailed

ASKED = Request(
    "some-model",
    [Message(role="user", parts=[{"type": "text", "text": "Well?"}])],
    stream=True,
    include_usage=True,
    thinking={"effort": "high", "visible": True},
    max_tokens=1_000,
)


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
@pytest.mark.long
def test_a_stream_is_the_same_wherever_it_is_cut(client: DialectName, upstream: DialectName, in_full: bool) -> None:
    pieces = [["é"], ["\U0001f600", "\n"], ['{"é"', ': "\\n"}'], []]
    stream = written(DIALECTS[upstream].writer(ASKED), as_events(SHORT, upstream, pieces))
    answer = relayed(client, upstream, [stream])
    assert relayed(client, upstream, [stream[place : place + 1] for place in range(len(stream))]) == answer
    for place in range(1, len(stream), 1 if in_full else 7):
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
