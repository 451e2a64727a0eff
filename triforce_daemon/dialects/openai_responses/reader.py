"""Reads an upstream's stream: https://platform.openai.com/docs/api-reference/responses-streaming"""

from collections.abc import Callable
from typing import Any, ClassVar, cast

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
    ThinkingSigned,
    Used,
)
from triforce_daemon.dialects.json_reader import JsonReader
from triforce_daemon.dialects.openai_error import error_in
from triforce_daemon.dialects.openai_responses.answer import call_arguments, finish_of, read_call, reasoning_text
from triforce_daemon.dialects.openai_responses.parts import OWN
from triforce_daemon.dialects.openai_responses.usage import read_usage


class Reader(JsonReader):
    def __init__(self) -> None:
        super().__init__(sse.Events())
        self._started = False
        #: How many parts there are, and which place of the output the last one has.
        self._parts = 0
        self._place: tuple[Any, ...] = ()
        #: Places of which something has come.
        self._seen: set[Any] = set()
        self._kinds: set[str] = set()
        self._calls = CallOrder()

    def _decode(self, piece: bytes, events: list[Event]) -> None:
        if piece != b"[DONE]":
            super()._decode(piece, events)

    def _read(self, value: dict[str, Any], events: list[Event]) -> None:
        kind = value.get("type")
        read = self._READS.get(kind) if isinstance(kind, str) else None
        if read is not None:
            read(self, value, events)

    def _close(self, events: list[Event]) -> None:
        self._flush_calls(events)

    def _begin(self, event: dict[str, Any], events: list[Event]) -> None:
        if not self._started:
            self._started = True
            response = _object(event, "response")
            events.append(Started(type="started", id=_text(response, "id"), model=_text(response, "model")))

    def _text_delta(self, event: dict[str, Any], events: list[Event]) -> None:
        if text := _text(event, "delta"):
            place = ("text", *_place(event))
            events.append(TextDelta(type="text", index=self._part(place, events), text=text))

    def _text_done(self, event: dict[str, Any], events: list[Event]) -> None:
        if ("text", *_place(event)) not in self._seen:
            self._text_delta({**event, "delta": event.get("text")}, events)

    def _refusal_delta(self, event: dict[str, Any], events: list[Event]) -> None:
        if text := _text(event, "delta"):
            place = ("refusal", *_place(event))
            events.append(RefusalDelta(type="refusal", index=self._part(place, events), text=text))

    def _refusal_done(self, event: dict[str, Any], events: list[Event]) -> None:
        if ("refusal", *_place(event)) not in self._seen:
            self._refusal_delta({**event, "delta": event.get("refusal")}, events)

    def _thinking_delta(self, event: dict[str, Any], events: list[Event]) -> None:
        if text := _text(event, "delta"):
            output = _number(event, "output_index")
            step = ("step", output, _number(event, "summary_index"), _number(event, "content_index"))
            index = self._part(("thinking", output), events)
            if step not in self._seen:
                if ("steps", output) in self._seen:
                    events.append(ThinkingDelta(type="thinking", index=index, text="\n\n"))
                self._seen |= {step, ("steps", output)}
            events.append(ThinkingDelta(type="thinking", index=index, text=text))

    def _item_added(self, event: dict[str, Any], events: list[Event]) -> None:
        item = _object(event, "item")
        if item.get("type") in ("function_call", "custom_tool_call"):
            self._call(event, item, events)

    def _call(self, event: dict[str, Any], item: dict[str, Any], events: list[Event]) -> object:
        self._begin({}, events)
        key = _number(event, "output_index")
        call = read_call(item)
        if not self._calls.knows(key, call["id"]):
            self._kinds.add("tool_call")
            self._place = ()
            self._calls.begin(key, call["id"], call["name"])
            self._go_on(events)
        return key

    def _call_delta(self, event: dict[str, Any], events: list[Event]) -> None:
        key = _number(event, "output_index")
        if self._calls.knows(key, ""):
            self.malformed += not self._calls.add(key, _text(event, "delta"))
            self._go_on(events)

    def _call_done(self, event: dict[str, Any], events: list[Event]) -> None:
        key = _number(event, "output_index")
        if self._calls.knows(key, ""):
            self._calls.close(key, _text(event, "arguments"))
            self._go_on(events)

    def _item_done(self, event: dict[str, Any], events: list[Event]) -> None:
        """What of an item has not come in pieces, comes now."""
        item, output = _object(event, "item"), _number(event, "output_index")
        kind = item.get("type")
        if kind in ("function_call", "custom_tool_call"):
            self._calls.close(self._call(event, item, events), call_arguments(item))
            self._go_on(events)
        elif kind == "reasoning":
            self._reasoning_done(item, output, events)
        elif kind == "message":
            content = item.get("content")
            for number, piece in enumerate(cast(list[Any], content) if isinstance(content, list) else []):
                if isinstance(piece, dict):
                    whole = {**cast(dict[str, Any], piece), "output_index": output, "content_index": number}
                    (self._refusal_done if whole.get("type") == "refusal" else self._text_done)(whole, events)

    def _reasoning_done(self, item: dict[str, Any], output: int, events: list[Event]) -> None:
        if ("thinking", output) not in self._seen:
            self._thinking_delta({"output_index": output, "delta": reasoning_text(item)}, events)
        if signature := _text(item, "encrypted_content"):
            redacted = ("thinking", output) not in self._seen
            index = self._part(("thinking", output), events)
            signed = ThinkingSigned(type="signature", index=index, signature=signature, origin=OWN)
            if redacted:
                signed["redacted"] = True
            if id := _text(item, "id"):
                signed["id"] = id
            events.append(signed)

    def _completed(self, event: dict[str, Any], events: list[Event]) -> None:
        self._begin(event, events)
        response = _object(event, "response")
        output = response.get("output")
        if not self._parts and not self._kinds and isinstance(output, list):
            for number, item in enumerate(cast(list[Any], output)):
                self._item_done({"item": item, "output_index": number}, events)
        self._flush_calls(events)
        events.append(Finished(type="finished", reason=finish_of(response, self._kinds)))
        if (usage := read_usage(response)) is not None:
            events.append(Used(type="usage", usage=usage))
        self.complete = self._over = True

    def _failed(self, event: dict[str, Any], events: list[Event]) -> None:
        self._flush_calls(events)
        error = error_in(200, event.get("response") or event)
        events.append(Failed(type="failed", code=error.code, message=error.message))
        self._over = True

    def _part(self, place: tuple[Any, ...], events: list[Event]) -> int:
        """The number of the part at this place of the output."""
        if place != self._place:
            self._begin({}, events)
            self._flush_calls(events)
            self._place = place
            self._seen.add(place)
            self._kinds.add(place[0])
            self._parts += 1
        return self._parts - 1

    def _flush_calls(self, events: list[Event]) -> None:
        for event in self._calls.rest(self._parts):
            self._parts += event["type"] == "tool_call"
            events.append(event)

    def _go_on(self, events: list[Event]) -> None:
        for event in self._calls.ready(self._parts):
            self._parts += event["type"] == "tool_call"
            events.append(event)

    _READS: ClassVar[dict[str, Callable[["Reader", dict[str, Any], list[Event]], None]]] = {
        "response.created": _begin,
        "response.in_progress": _begin,
        "response.output_text.delta": _text_delta,
        "response.output_text.done": _text_done,
        "response.refusal.delta": _refusal_delta,
        "response.refusal.done": _refusal_done,
        "response.reasoning_summary_text.delta": _thinking_delta,
        "response.reasoning_text.delta": _thinking_delta,
        "response.output_item.added": _item_added,
        "response.output_item.done": _item_done,
        "response.function_call_arguments.delta": _call_delta,
        "response.function_call_arguments.done": _call_done,
        "response.completed": _completed,
        "response.incomplete": _completed,
        "response.failed": _failed,
        "error": _failed,
    }


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _number(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    return value if isinstance(value, int) else 0


def _place(event: dict[str, Any]) -> tuple[int, int]:
    return _number(event, "output_index"), _number(event, "content_index")
