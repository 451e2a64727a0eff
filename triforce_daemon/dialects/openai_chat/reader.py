"""Reads an upstream's stream: https://platform.openai.com/docs/api-reference/chat-streaming"""

from typing import Any, cast

from triforce_daemon.dialects import sse
from triforce_daemon.dialects.call_order import CallOrder
from triforce_daemon.dialects.canonical import (
    Event,
    Failed,
    Finished,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    Used,
)
from triforce_daemon.dialects.json_reader import JsonReader
from triforce_daemon.dialects.openai_chat.answer import finish_of, made_id, read_pieces
from triforce_daemon.dialects.openai_chat.usage import read_usage
from triforce_daemon.dialects.openai_error import error_in

DONE = b"[DONE]"


class Reader(JsonReader):
    def __init__(self) -> None:
        super().__init__(sse.Events())
        self._started = False
        self._finished = False
        self._id = ""
        #: How many parts there are, and what the last one is.
        self._parts = 0
        self._kind = ""
        self._calls: CallOrder | None = None
        self._begun = 0
        self._refused = False

    def _decode(self, piece: bytes, events: list[Event]) -> None:
        if piece != DONE:
            super()._decode(piece, events)
            return
        self._flush_calls(events)
        self.complete = self._over = True

    def _close(self, events: list[Event]) -> None:
        """Cerebras says how the answer finished and closes, without [DONE]."""
        self._flush_calls(events)
        if self._finished and not self._over:
            self.complete = self._over = True

    def _read(self, value: dict[str, Any], events: list[Event]) -> None:
        if value.get("error"):
            error = error_in(200, value)
            events.append(Failed(type="failed", code=error.code, message=error.message))
            self._over = True
            return
        if not self._started:
            self._started = True
            self._id = _text(value, "id")
            events.append(Started(type="started", id=self._id, model=_text(value, "model")))
        choices = value.get("choices")
        if isinstance(choices, list) and choices and isinstance(choice := cast(list[Any], choices)[0], dict):
            self._read_choice(cast(dict[str, Any], choice), events)
        if (usage := read_usage(value)) is not None:
            events.append(Used(type="usage", usage=usage))

    def _read_choice(self, choice: dict[str, Any], events: list[Event]) -> None:
        if isinstance(delta := choice.get("delta"), dict):
            self._read_delta(cast(dict[str, Any], delta), events)
        if reason := choice.get("finish_reason"):
            self._flush_calls(events)
            self._finished = True
            finish = finish_of(reason, called=self._calls is not None, refused=self._refused)
            events.append(Finished(type="finished", reason=finish))

    def _read_delta(self, delta: dict[str, Any], events: list[Event]) -> None:
        if reasoning := delta.get("reasoning_content") or delta.get("reasoning"):
            self._think(reasoning, events)
        if content := delta.get("content"):
            if isinstance(content, str):
                events.append(TextDelta(type="text", index=self._part("text", events), text=content))
            else:
                self._read_pieces(content, events)
        if isinstance(refusal := delta.get("refusal"), str) and refusal:
            self._refused = True
            events.append(RefusalDelta(type="refusal", index=self._part("refusal", events), text=refusal))
        if calls := delta.get("tool_calls"):
            self._read_calls(cast(list[Any], calls) if isinstance(calls, list) else [], events)
        elif isinstance(function := delta.get("function_call"), dict):
            self._read_calls([{"index": 0, "function": function}], events)

    def _think(self, text: Any, events: list[Event]) -> None:
        if isinstance(text, str):
            events.append(ThinkingDelta(type="thinking", index=self._part("thinking", events), text=text))

    def _read_pieces(self, content: Any, events: list[Event]) -> None:
        for piece in read_pieces(content):
            if piece["type"] == "text":
                events.append(TextDelta(type="text", index=self._part("text", events), text=piece["text"]))
            elif piece["type"] == "thinking" and piece["text"]:
                self._think(piece["text"], events)

    def _read_calls(self, calls: list[Any], events: list[Event]) -> None:
        if self._calls is None:
            self._calls = CallOrder()
        for number, entry in enumerate(calls):
            if isinstance(entry, dict):
                self._read_call(cast(dict[str, Any], entry), number, self._calls)
        self._kind = "call"
        self._number(self._calls.ready(self._parts), events)

    def _read_call(self, call: dict[str, Any], number: int, calls: CallOrder) -> None:
        function = call.get("function")
        called = cast(dict[str, Any], function) if isinstance(function, dict) else {}
        index = call.get("index")
        key = index if isinstance(index, int) else number
        id, name = _text(call, "id"), _text(called, "name")
        if not calls.knows(key, id):
            calls.begin(key, id or made_id(self._id, self._begun), name)
            self._begun += 1
        elif name:
            calls.name(key, name)
        self.malformed += not calls.add(key, _text(called, "arguments"))

    def _part(self, kind: str, events: list[Event]) -> int:
        """The number of the part that a delta of this kind belongs to."""
        if kind != self._kind:
            self._flush_calls(events)
            self._kind = kind
            self._parts += 1
        return self._parts - 1

    def _flush_calls(self, events: list[Event]) -> None:
        if self._calls is not None:
            self._number(self._calls.rest(self._parts), events)

    def _number(self, ready: list[Event], events: list[Event]) -> None:
        for event in ready:
            self._parts += event["type"] == "tool_call"
            events.append(event)


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
