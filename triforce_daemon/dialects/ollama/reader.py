"""Reads an upstream's stream of lines: https://docs.ollama.com/api/streaming"""

from typing import Any, cast

from triforce_daemon.dialects.canonical import (
    Event,
    Failed,
    Finished,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    ToolCallStarted,
    Used,
)
from triforce_daemon.dialects.json_reader import JsonReader
from triforce_daemon.dialects.lines import Lines
from triforce_daemon.dialects.ollama.answer import finish_of, made_id, read_call, read_usage
from triforce_daemon.dialects.ollama.errors import error_in


class Reader(JsonReader):
    def __init__(self) -> None:
        super().__init__(Lines())
        self._id: str | None = None
        self._parts = 0
        self._kind = ""
        self._calls = 0

    def _decode(self, piece: bytes, events: list[Event]) -> None:
        if piece and piece != b"\r":
            super()._decode(piece, events)

    def _read(self, value: dict[str, Any], events: list[Event]) -> None:
        if value.get("error"):
            error = error_in(500, value)
            events.append(Failed(type="failed", code=error.code, message=error.message))
            self._over = True
            return
        if self._id is None:
            self._id = made_id(value)
            events.append(Started(type="started", id=self._id, model=str(value.get("model") or "")))
        if isinstance(message := value.get("message"), dict):
            self._read_message(cast(dict[str, Any], message), self._id, events)
        if value.get("done") is True:
            reason = finish_of(value.get("done_reason"), called=self._calls > 0)
            events.append(Finished(type="finished", reason=reason))
            if (usage := read_usage(value)) is not None:
                events.append(Used(type="usage", usage=usage))
            self.complete = self._over = True

    def _read_message(self, message: dict[str, Any], id: str, events: list[Event]) -> None:
        if isinstance(thinking := message.get("thinking"), str) and thinking:
            events.append(ThinkingDelta(type="thinking", index=self._part("thinking"), text=thinking))
        if isinstance(content := message.get("content"), str) and content:
            events.append(TextDelta(type="text", index=self._part("text"), text=content))
        calls = message.get("tool_calls")
        for call in cast(list[Any], calls) if isinstance(calls, list) else []:
            self._kind = ""
            index, read = self._part("call"), read_call(call, id, self._calls)
            self._calls += 1
            events.append(ToolCallStarted(type="tool_call", index=index, id=read["id"], name=read["name"]))
            events.append(ToolCallDelta(type="arguments", index=index, text=read["arguments"]))

    def _part(self, kind: str) -> int:
        """The number of the part that a piece of this kind belongs to."""
        if kind != self._kind:
            self._kind = kind
            self._parts += 1
        return self._parts - 1
