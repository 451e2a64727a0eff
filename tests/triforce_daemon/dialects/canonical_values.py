"""Conversations, answers and streams in the vocabulary between the dialects, drawn at random; and what to compare."""

import copy
import json
from collections.abc import Sequence
from typing import Any, cast

from hypothesis import strategies as st

from triforce_daemon.dialects.canonical import (
    DialectName,
    Event,
    FinishReason,
    Message,
    Part,
    TextPart,
    ThinkingPart,
    Tool,
    ToolCallPart,
    ToolResultPart,
    Usage,
)

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
OBJECTS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(st.text(max_size=6), JSON, max_size=4)
TEXTS = st.text(min_size=1, max_size=20)
NAMES = st.from_regex(r"[a-z][a-z_]{0,12}", fullmatch=True)


@st.composite
def arguments(draw: st.DrawFn) -> str:
    """The text of a call's arguments, as different models write it."""
    value = draw(OBJECTS)
    if not value and draw(st.booleans()):
        return ""
    indent, ascii_only = draw(st.sampled_from([None, 2])), draw(st.booleans())
    return json.dumps(value, indent=indent, ensure_ascii=ascii_only)


@st.composite
def conversations(draw: st.DrawFn, origin: DialectName) -> list[Message]:
    """Turns of a user and an assistant whose thoughts `origin` signed; every call has its result."""
    messages: list[Message] = []
    if draw(st.booleans()):
        messages.append(Message(role="system", parts=[_text(draw(TEXTS))]))
    turns = draw(st.integers(1, 3))
    for turn in range(turns):
        said = draw(st.lists(TEXTS, min_size=1, max_size=2))
        messages.append(Message(role="user", parts=[_text(text) for text in said]))
        if turn < turns - 1 or draw(st.booleans()):
            messages += _answered(draw, origin, turn)
    return messages


def _text(text: str) -> TextPart:
    return TextPart(type="text", text=text)


def _answered(draw: st.DrawFn, origin: DialectName, turn: int) -> list[Message]:
    parts: list[Part] = []
    if draw(st.booleans()):
        signature = draw(st.from_regex(r"[A-Za-z0-9+/]{4,12}", fullmatch=True))
        parts.append(ThinkingPart(type="thinking", text=draw(TEXTS), signature=signature, origin=origin))
    if draw(st.booleans()):
        parts.append(_text(draw(TEXTS)))
    calls = [
        ToolCallPart(type="tool_call", id=f"call_{turn}_{number}", name=name, arguments=draw(arguments()))
        for number, name in enumerate(draw(st.lists(NAMES, max_size=3)))
    ]
    parts += calls
    if not calls:
        return [Message(role="assistant", parts=[*parts, _text(draw(TEXTS))])]
    results: list[Part] = [
        ToolResultPart(type="tool_result", id=call["id"], name=call["name"], content=[_text(draw(TEXTS))], failed=False)
        for call in calls
    ]
    return [Message(role="assistant", parts=parts), Message(role="tool", parts=results)]


@st.composite
def tools(draw: st.DrawFn) -> list[Tool]:
    return [
        Tool(
            name=name,
            description=draw(TEXTS),
            schema={"type": "object", "properties": {"value": {"type": "string", "default": draw(TEXTS)}}},
        )
        for name in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    ]


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    new, cached, said, thought = (draw(st.integers(1, 10_000)) for _ in range(4))
    return Usage(
        input_tokens=new + cached, output_tokens=said + thought, cached_tokens=cached, reasoning_tokens=thought
    )


@st.composite
def cut(draw: st.DrawFn, text: str) -> list[str]:
    """The text in pieces, none of them empty."""
    places = sorted(set(draw(st.lists(st.integers(1, max(len(text) - 1, 1)), max_size=4))))
    pieces = [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
    return [piece for piece in pieces if piece]


@st.composite
def streams(draw: st.DrawFn, origin: DialectName) -> list[Event]:
    """The events of one whole answer."""
    events: list[Any] = [{"type": "started", "id": "answer_1", "model": "some-model"}]
    index = 0
    called = False
    for kind in draw(st.lists(st.sampled_from(["text", "thinking", "call"]), max_size=5)):
        if kind == "call":
            called = True
            events.append({"type": "tool_call", "index": index, "id": f"call_{index}", "name": draw(NAMES)})
            events += [{"type": "arguments", "index": index, "text": piece} for piece in draw(cut(draw(arguments())))]
        elif events[-1]["type"] != kind:
            events += [{"type": kind, "index": index, "text": piece} for piece in draw(cut(draw(TEXTS)))]
            if kind == "thinking":
                events.append({"type": "signature", "index": index, "signature": "c2lnbmVk", "origin": origin})
        else:
            continue
        index += 1
    reason: FinishReason = "tool_calls" if called else draw(st.sampled_from(["stop", "length"]))
    return [*events, {"type": "finished", "reason": reason}, {"type": "usage", "usage": draw(usages())}]


def whole(events: Sequence[Any]) -> dict[str, Any]:
    """What a stream says, however it is cut: parts, reason, usage. Arguments by their value."""
    parts: dict[int, dict[str, Any]] = {}
    said: dict[str, Any] = {"reason": None, "usage": None, "stop_sequence": None}
    for event in events:
        kind, index = event["type"], event.get("index")
        if kind in ("text", "thinking", "refusal"):
            parts.setdefault(index, {"type": kind, "text": ""})["text"] += event["text"]
        elif kind == "signature":
            parts.setdefault(index, {"type": "thinking", "text": ""})["signature"] = event["signature"]
        elif kind == "tool_call":
            parts[index] = {"type": kind, "id": event["id"], "name": event["name"], "arguments": ""}
        elif kind == "arguments":
            parts[index]["arguments"] += event["text"]
        elif kind == "finished":
            said |= {"reason": event["reason"], "stop_sequence": event.get("stop_sequence")}
        elif kind == "usage":
            said["usage"] = event["usage"]
    assert list(parts) == list(range(len(parts))), "parts are numbered in their order"
    return {"parts": [by_value(part) for part in parts.values()], **said}


def by_value(part: Any) -> Any:
    """A part whose arguments are compared as a JSON value."""
    if part["type"] == "tool_call":
        return {**part, "arguments": json.loads(part["arguments"] or "{}")}
    return part


def messages_by_value(messages: list[Message]) -> list[dict[str, Any]]:
    return [{"role": message["role"], "parts": [by_value(part) for part in message["parts"]]} for message in messages]


@st.composite
def damaged(draw: st.DrawFn, body: dict[str, Any]) -> dict[str, Any]:
    """The body with arbitrary JSON in one place, or with that place missing."""
    result = copy.deepcopy(body)
    places = list(_places(result))
    holder, key = places[draw(st.integers(0, len(places) - 1))]
    if draw(st.booleans()):
        holder[key] = draw(JSON)
    elif isinstance(holder, dict):
        cast(Any, holder).pop(key)
    else:
        holder.insert(key, draw(JSON))
    return result


def _places(value: Any) -> list[tuple[Any, Any]]:
    keys: list[Any] = [*cast(Any, value)] if isinstance(value, dict) else [*range(len(value))]
    found: list[tuple[Any, Any]] = [(value, key) for key in keys]
    for key in keys:
        if isinstance(value[key], dict | list):
            found += _places(value[key])
    return found
