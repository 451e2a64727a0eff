"""Messages as Anthropic writes them; https://docs.anthropic.com/en/api/messages."""

from collections.abc import Iterator
from typing import Any, ClassVar

from tests.scriptable_upstream.json_writer import COMPACT, Raw
from tests.scriptable_upstream.script import Call, Part, Script, Thinking, Usage
from tests.scriptable_upstream.stamps import Stamp
from tests.scriptable_upstream.wires.wire import Asked, event

Fields = dict[str, Any]

STOP = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "stop_sequence": "stop_sequence",
    "pause": "pause_turn",
    "refusal": "refusal",
    "content_filter": "refusal",
}


class Anthropic:
    media_type: ClassVar[str] = "text/event-stream; charset=utf-8"
    opening: ClassVar[int] = 3

    def whole(self, script: Script, asked: Asked, stamp: Stamp) -> bytes:
        content = [_block(part, stamp, place) for place, part in enumerate(script.parts)]
        usage = _usage(script.used or Usage())
        return COMPACT.write(_message(asked, stamp, content, _stop(script), usage))

    def stream(self, script: Script, asked: Asked, stamp: Stamp) -> list[bytes]:
        return [_event(fields) for fields in _events(script, asked, stamp)]

    def delta(self, text: str, asked: Asked, stamp: Stamp) -> bytes:
        return _event(_delta(0, "text_delta", "text", text))

    def failure(self, asked: Asked, stamp: Stamp) -> bytes:
        return _event({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})


def _event(fields: Fields) -> bytes:
    if fields["type"] == "ping":
        return event(b'{"type": "ping"}', "ping")
    data = COMPACT.write(fields)
    # Blanks before the last brace hide the length of what was generated.
    return event(data[:-1] + b" " * (len(data) * 7 % 16) + b"}", fields["type"])


def _events(script: Script, asked: Asked, stamp: Stamp) -> Iterator[Fields]:
    used = script.used or Usage()
    begun = _message(asked, stamp, [], {"stop_reason": None, "stop_sequence": None}, _usage(used, generated=1))
    yield {"type": "message_start", "message": begun}
    for place, part in enumerate(script.parts):
        yield {"type": "content_block_start", "index": place, "content_block": _empty(part, stamp, place)}
        if place == 0:
            yield {"type": "ping"}
        yield from (_delta(place, *delta) for delta in _deltas(part))
        yield {"type": "content_block_stop", "index": place}
    yield {"type": "message_delta", "delta": _stop(script), "usage": _last_usage(used)}
    yield {"type": "message_stop"}


def _message(asked: Asked, stamp: Stamp, content: list[Fields], stop: Fields, usage: Fields) -> Fields:
    return {
        "model": asked.model,
        "id": stamp.id("msg_01"),
        "type": "message",
        "role": "assistant",
        "content": content,
        **stop,
        "usage": usage,
    }


def _stop(script: Script) -> Fields:
    return {"stop_reason": STOP[script.reason], "stop_sequence": script.stop_sequence}


# Content blocks


def _empty(part: Part, stamp: Stamp, place: int) -> Fields:
    """A block as its start event shows it."""
    if isinstance(part, Call):
        return _block(Call(part.name, (), part.id), stamp, place)
    if isinstance(part, Thinking):
        return _block(part, stamp, place) if part.redacted else {"type": "thinking", "thinking": "", "signature": ""}
    return {"type": "text", "text": ""}


def _block(part: Part, stamp: Stamp, place: int) -> Fields:
    if isinstance(part, Call):
        identity = {"type": "tool_use", "id": part.id or stamp.id("toolu_01", place), "name": part.name}
        return {**identity, "input": Raw(part.arguments or "{}"), "caller": {"type": "direct"}}
    if isinstance(part, Thinking):
        if part.redacted:
            return {"type": "redacted_thinking", "data": part.signature or ""}
        return {"type": "thinking", "thinking": "".join(part.pieces), "signature": part.signature or ""}
    return {"type": "text", "text": "".join(part.pieces)}


def _deltas(part: Part) -> Iterator[tuple[str, str, str]]:
    """The type, the field and the text of each delta."""
    if isinstance(part, Call):
        yield from (("input_json_delta", "partial_json", delta) for delta in ("", *part.deltas))
    elif isinstance(part, Thinking):
        if not part.redacted:
            yield from (("thinking_delta", "thinking", piece) for piece in part.pieces)
            yield "signature_delta", "signature", part.signature or ""
    else:
        yield from (("text_delta", "text", piece) for piece in part.pieces)


def _delta(place: int, kind: str, field: str, text: str) -> Fields:
    return {"type": "content_block_delta", "index": place, "delta": {"type": kind, field: text}}


# Usage: cached tokens are counted apart from the others


def _usage(used: Usage, generated: int | None = None) -> Fields:
    return {
        **_prompt(used),
        "cache_creation": {"ephemeral_5m_input_tokens": used.cache_write, "ephemeral_1h_input_tokens": 0},
        "output_tokens": used.output if generated is None else generated,
        "service_tier": "standard",
        "inference_geo": "not_available",
    }


def _last_usage(used: Usage) -> Fields:
    return {**_prompt(used), "output_tokens": used.output}


def _prompt(used: Usage) -> Fields:
    return {
        "input_tokens": used.input - used.cached - used.cache_write,
        "cache_creation_input_tokens": used.cache_write,
        "cache_read_input_tokens": used.cached,
    }
