"""Reads an upstream's stream: https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent"""

from typing import Any, cast

import orjson

from triforce_daemon.dialects import json_text, sse
from triforce_daemon.dialects.canonical import (
    Event,
    Failed,
    Finished,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolCallDelta,
    ToolCallStarted,
    Usage,
    Used,
)
from triforce_daemon.dialects.gemini.answer import finish_of, first_candidate, is_blocked, made_id, parts_in
from triforce_daemon.dialects.gemini.errors import error_in
from triforce_daemon.dialects.gemini.parts import OWN
from triforce_daemon.dialects.gemini.usage import read_usage
from triforce_daemon.dialects.json_reader import JsonReader


class Reader(JsonReader):
    def __init__(self) -> None:
        self._events = sse.Events()
        super().__init__(self._events)
        self._id: str | None = None
        #: How many parts there are, and what the last one is, where another piece may still follow.
        self._parts = 0
        self._kind = ""
        self._calls = 0
        self._usage: Usage | None = None

    def _close(self, events: list[Event]) -> None:
        """Where the provider broke off, it may have said why, and what was used so far."""
        if not self.complete and not self._over and self._usage is not None:
            events.append(Used(type="usage", usage=self._usage))
        if not self.complete and not self._over and self._events.stray:
            self._read_stray(self._events.stray, events)

    def _read_stray(self, text: bytes, events: list[Event]) -> None:
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            return
        self._fail(value, events)

    def _read(self, value: dict[str, Any], events: list[Event]) -> None:
        if "error" in value:
            self._fail(value, events)
        else:
            self._read_chunk(value, events)

    def _fail(self, value: Any, events: list[Event]) -> None:
        error = error_in(200, value)
        events.append(Failed(type="failed", code=error.code, message=error.message))
        self._over = True

    def _read_chunk(self, chunk: dict[str, Any], events: list[Event]) -> None:
        if self._id is None:
            self._id = str(chunk.get("responseId") or "")
            events.append(Started(type="started", id=self._id, model=str(chunk.get("modelVersion") or "")))
        self._usage = read_usage(chunk) or self._usage
        candidate = first_candidate(chunk)
        if candidate is None:
            if is_blocked(chunk):
                self._finish("SAFETY", events)
            return
        for part in parts_in(candidate):
            self._read_part(part, events)
        if (reason := candidate.get("finishReason")) is not None:
            self._finish(reason, events)

    def _finish(self, reason: Any, events: list[Event]) -> None:
        """A late chunk may still bring the final figures."""
        if not self.complete:
            self.complete = True
            events.append(Finished(type="finished", reason=finish_of(reason, called=self._calls > 0)))
        if self._usage is not None:
            events.append(Used(type="usage", usage=self._usage))

    def _read_part(self, part: Any, events: list[Event]) -> None:
        if not isinstance(part, dict):
            self.malformed += 1
            return
        one = cast(dict[str, Any], part)
        text = one.get("text")
        if isinstance(text, str):
            if one.get("thought") is True:
                self._think(text, one.get("thoughtSignature"), events)
            elif text:
                events.append(TextDelta(type="text", index=self._part("text"), text=text))
        elif isinstance(call := one.get("functionCall"), dict):
            self._call(cast(dict[str, Any], call), one.get("thoughtSignature"), events)

    def _think(self, text: str, signature: Any, events: list[Event]) -> None:
        if text:
            events.append(ThinkingDelta(type="thinking", index=self._part("thinking"), text=text))
        if isinstance(signature, str) and signature:
            index = self._part("thinking")
            self._kind = ""
            events.append(ThinkingSigned(type="signature", index=index, signature=signature, origin=OWN))

    def _call(self, call: dict[str, Any], signature: Any, events: list[Event]) -> None:
        id, name, args = call.get("id"), call.get("name"), call.get("args")
        if not isinstance(name, str):
            self.malformed += 1
            return
        text = json_text.as_text(args) if isinstance(args, dict) and args else ""
        made = id if isinstance(id, str) and id else made_id(self._id or "", self._calls, name, text)
        index = self._part("call")
        self._kind = ""
        self._calls += 1
        started = ToolCallStarted(type="tool_call", index=index, id=made, name=name)
        if isinstance(signature, str) and signature:
            started["signature"] = signature
        events.append(started)
        if text:
            events.append(ToolCallDelta(type="arguments", index=index, text=text))

    def _part(self, kind: str) -> int:
        """The number of the part that a piece of this kind belongs to."""
        if kind != self._kind:
            self._kind = kind
            self._parts += 1
        return self._parts - 1
