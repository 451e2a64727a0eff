"""Reads an upstream's stream: https://platform.claude.com/docs/en/build-with-claude/streaming"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from triforce_daemon.dialects import json_text, sse
from triforce_daemon.dialects.anthropic.answer import explanation_of, finish_of
from triforce_daemon.dialects.anthropic.blocks import OWN
from triforce_daemon.dialects.anthropic.errors import error_in
from triforce_daemon.dialects.anthropic.usage import read_usage
from triforce_daemon.dialects.canonical import (
    Event,
    Failed,
    Finished,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolCallDelta,
    ToolCallStarted,
    Usage,
    Used,
)
from triforce_daemon.dialects.json_reader import JsonReader

#: A provider opens one block at a time.
_MOST_OPEN = 256


@dataclass(slots=True)
class _Block:
    """A block that is open: its place among the parts, and what is to be said when it ends."""

    index: int
    calls: bool = False
    signature: str = ""
    #: The arguments that came whole with the start of a call; pieces take their place.
    arguments: str = ""


class Reader(JsonReader):
    def __init__(self) -> None:
        super().__init__(sse.Events())
        self._parts = 0
        self._blocks: dict[int, _Block] = {}
        self._usage: Usage | None = None
        self._read_of: dict[str, Callable[[dict[str, Any], list[Event]], None]] = {
            "content_block_delta": self._read_delta,
            "content_block_start": self._read_start,
            "content_block_stop": self._read_stop,
            "message_start": self._read_message,
            "message_delta": self._read_end,
            "message_stop": self._read_last,
            "error": self._read_error,
        }

    def _read(self, value: dict[str, Any], events: list[Event]) -> None:
        before = len(events)
        try:
            read = self._read_of.get(value["type"])
            if read is not None:
                read(value, events)
        except (KeyError, TypeError, AttributeError):
            # The event is not of the shape that this dialect has: skipped as a whole.
            del events[before:]
            self.malformed += 1

    def _read_message(self, event: dict[str, Any], events: list[Event]) -> None:
        message = event["message"]
        started = Started(type="started", id=str(message["id"]), model=str(message["model"]))
        self._usage = read_usage(message)
        if self._usage is not None:
            started["usage"] = self._usage
        events.append(started)

    def _read_start(self, event: dict[str, Any], events: list[Event]) -> None:
        number, content = event["index"], event["content_block"]
        if len(self._blocks) >= _MOST_OPEN:
            raise TypeError
        kind = content["type"]
        block = _Block(self._parts)
        if kind == "text":
            if content.get("text"):
                events.append(TextDelta(type="text", index=block.index, text=_text(content["text"])))
        elif kind == "thinking":
            if content.get("thinking"):
                events.append(ThinkingDelta(type="thinking", index=block.index, text=_text(content["thinking"])))
        elif kind == "redacted_thinking":
            signature = _text(content["data"])
            signed = ThinkingSigned(type="signature", index=block.index, signature=signature, origin=OWN, redacted=True)
            events.append(signed)
        elif kind == "tool_use":
            id, name = _text(content["id"]), _text(content["name"])
            events.append(ToolCallStarted(type="tool_call", index=block.index, id=id, name=name))
            block.calls = True
            if content.get("input"):
                block.arguments = json_text.as_text(content["input"])
        else:
            return  # a block of the server's own tools, which only this dialect knows
        self._blocks[number] = block
        self._parts += 1

    def _read_delta(self, event: dict[str, Any], events: list[Event]) -> None:
        block = self._blocks.get(event["index"])
        if block is None:
            return
        delta = event["delta"]
        kind = delta["type"]
        if kind == "text_delta":
            if text := _text(delta["text"]):
                events.append({"type": "text", "index": block.index, "text": text})
        elif kind == "input_json_delta":
            if not block.calls:
                raise TypeError
            if text := _text(delta["partial_json"]):
                block.arguments = ""
                events.append(ToolCallDelta(type="arguments", index=block.index, text=text))
        elif kind == "thinking_delta":
            if text := _text(delta["thinking"]):
                events.append(ThinkingDelta(type="thinking", index=block.index, text=text))
        elif kind == "signature_delta":
            block.signature += _text(delta["signature"])
            if len(block.signature) > sse.EVENT_LIMIT:
                raise sse.endless()

    def _read_stop(self, event: dict[str, Any], events: list[Event]) -> None:
        block = self._blocks.pop(event["index"], None)
        if block is None:
            return
        if block.arguments:
            events.append(ToolCallDelta(type="arguments", index=block.index, text=block.arguments))
        if block.signature:
            signed = ThinkingSigned(type="signature", index=block.index, signature=block.signature, origin=OWN)
            events.append(signed)

    def _read_end(self, event: dict[str, Any], events: list[Event]) -> None:
        delta = event["delta"]
        if explanation := explanation_of(delta):
            events.append(RefusalDelta(type="refusal", index=self._parts, text=explanation))
            self._parts += 1
        if delta.get("stop_reason") is not None:
            finished = Finished(type="finished", reason=finish_of(delta["stop_reason"]))
            if delta.get("stop_sequence") is not None:
                finished["stop_sequence"] = _text(delta["stop_sequence"])
            events.append(finished)
        self._usage = read_usage(event, self._usage)
        if self._usage is not None:
            events.append(Used(type="usage", usage=self._usage))

    def _read_last(self, event: dict[str, Any], events: list[Event]) -> None:
        self.complete = self._over = True

    def _read_error(self, event: dict[str, Any], events: list[Event]) -> None:
        error = error_in(200, event)
        events.append(Failed(type="failed", code=error.code, message=error.message))
        self._over = True


def _text(value: Any) -> str:
    """Raises TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError
    return value
