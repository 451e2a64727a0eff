"""What each dialect cannot express of an answer, declared; and what is left of one that was told in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from triforce_daemon.dialects.canonical import DialectName, FinishReason, Usage


@dataclass(frozen=True)
class Limits:
    #: A refusal is a part of its own; else it is text.
    refusals: bool
    #: Thoughts carry signatures, though only the dialect's own.
    signatures: bool
    #: There may be thoughts that are nothing but a signature.
    hidden: bool
    #: A whole answer has one text, one refusal, one line of thought, and then its calls.
    grouped: bool
    #: In a stream nothing stands between two texts in a row.
    joined: bool
    #: What is known of the usage besides the two sums.
    usage: frozenset[str]
    #: How an answer may end, and what becomes of the other ends.
    ends: dict[FinishReason, FinishReason]


_ALL = frozenset(("cached_tokens", "reasoning_tokens"))
LIMITS: dict[DialectName, Limits] = {
    "openai_chat": Limits(
        refusals=True,
        signatures=False,
        hidden=False,
        grouped=True,
        joined=True,
        usage=_ALL,
        ends={"pause": "stop", "other": "stop", "refusal": "content_filter"},
    ),
    "openai_responses": Limits(
        refusals=True,
        signatures=True,
        hidden=True,
        grouped=False,
        joined=False,
        usage=_ALL,
        ends={"pause": "stop", "other": "stop", "refusal": "content_filter"},
    ),
    "anthropic": Limits(
        refusals=False,
        signatures=True,
        hidden=True,
        grouped=False,
        joined=False,
        usage=_ALL,
        ends={"other": "stop", "content_filter": "refusal"},
    ),
    "gemini": Limits(
        refusals=False,
        signatures=True,
        hidden=False,
        grouped=False,
        joined=True,
        usage=_ALL,
        ends={"pause": "stop", "refusal": "content_filter"},
    ),
    "ollama": Limits(
        refusals=False,
        signatures=False,
        hidden=False,
        grouped=True,
        joined=True,
        usage=frozenset(),
        ends={"pause": "stop", "other": "stop", "content_filter": "stop", "refusal": "stop"},
    ),
}


@dataclass
class Told:
    """An answer as far as it is compared: its parts without ids of thoughts, how it ended, what was used."""

    parts: list[dict[str, Any]]
    finish: FinishReason
    usage: Usage | None


def left_of(told: Told, dialect: DialectName, origin: DialectName, *, streamed: bool) -> Told:
    """`told` after it was written in `dialect` and read again. `origin`: whose signatures it holds."""
    limits = LIMITS[dialect]
    parts = [dict(part) for part in told.parts]
    refused = any(part["type"] == "refusal" for part in parts)
    if not (limits.signatures and origin == dialect):
        parts = [_unsigned(part) for part in parts]
    if not (limits.hidden and origin == dialect):
        parts = [part for part in parts if part["type"] != "thinking" or part["text"]]
    if not limits.refusals:
        parts = [{**part, "type": "text"} if part["type"] == "refusal" else part for part in parts]
    if streamed and limits.joined:
        parts = _joined(parts)
    elif not streamed and limits.grouped:
        parts = _grouped(parts)
    finish = _finish(told.finish, limits, called=any(part["type"] == "tool_call" for part in parts), refused=refused)
    return Told(parts, finish, _usage(told.usage, limits))


def _unsigned(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name != "signature"}


def _joined(parts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for part in parts:
        last = found[-1] if found else {"type": None}
        if part["type"] in ("text", "thinking", "refusal") and part["type"] == last["type"] and "signature" not in last:
            found[-1] = last | part | {"text": last["text"] + part["text"]}
        else:
            found.append(part)
    return found


def _grouped(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    order = ("thinking", "text", "refusal", "tool_call")
    return _joined(sorted(parts, key=lambda part: order.index(part["type"])))


def _finish(finish: FinishReason, limits: Limits, *, called: bool, refused: bool) -> FinishReason:
    told_in_words = refused and limits.refusals and finish in ("stop", "refusal", "pause", "other")
    if told_in_words:
        return "tool_calls" if called else "refusal"
    if refused and finish == "stop" and "refusal" not in limits.ends:
        return "refusal"
    return limits.ends.get(finish, finish)


def _usage(usage: Usage | None, limits: Limits) -> Any:
    if usage is None:
        return None
    sums = ("input_tokens", "output_tokens")
    return {name: value for name, value in usage.items() if name in sums or name in limits.usage}
