"""Turns what a model wrote in the form of `asking` back into an answer and its tool calls, as it comes."""

from typing import cast

from triforce_daemon.dialects.canonical import Event, Finished, TextDelta, ToolCallDelta, ToolCallStarted
from triforce_daemon.dialects.dialect import StreamReader
from triforce_daemon.services.tool_emulation.scanner import Found, Scanner

#: Events that go on with a part that another kind of event began.
_BELONGS_TO = {"signature": "thinking", "arguments": "tool_call"}


class EmulatedReader:
    """A `StreamReader` before another one: its text is the form, its other events go on as they are."""

    def __init__(self, reader: StreamReader) -> None:
        self.complete = False
        self.malformed = 0
        self._reader = reader
        self._scanner = Scanner()
        self._id = ""
        self._calls = 0
        #: How many parts there are, and what the last one is.
        self._parts = 0
        self._kind: tuple[str, int] = ("", 0)

    def feed(self, chunk: bytes) -> list[Event]:
        return self._translated(self._reader.feed(chunk))

    def end(self) -> list[Event]:
        return self._translated(self._reader.end())

    def _translated(self, events: list[Event]) -> list[Event]:
        self.complete, self.malformed = self._reader.complete, self._reader.malformed
        return [told for event in events for told in self._told(event)]

    def _told(self, event: Event) -> list[Event]:
        if event["type"] == "text":
            return self._of_form(self._scanner.feed(event["text"]))
        if event["type"] == "finished":
            return [*self._of_form(self._scanner.end()), self._finished(event)]
        if event["type"] == "started":
            self._id = event["id"]
        elif "index" in event:
            return [cast(Event, {**event, "index": self._part(event["type"], event["index"])})]
        return [event]

    def _of_form(self, found: list[Found]) -> list[Event]:
        return [self._event(one) for one in found]

    def _event(self, found: Found) -> Event:
        if found.kind == "said":
            return TextDelta(type="text", index=self._part("said", 0), text=found.text)
        if found.kind == "arguments":
            return ToolCallDelta(type="arguments", index=self._parts - 1, text=found.text)
        self._calls += 1
        index = self._part("call", self._calls)
        return ToolCallStarted(type="tool_call", index=index, id=f"call_{self._calls - 1}_{self._id}", name=found.text)

    def _finished(self, event: Finished) -> Finished:
        return {**event, "reason": "tool_calls"} if self._calls and event["reason"] == "stop" else event

    def _part(self, kind: str, number: int) -> int:
        """The number of the part that a piece of this kind belongs to."""
        place = (_BELONGS_TO.get(kind, kind), number)
        if place != self._kind:
            self._kind = place
            self._parts += 1
        return self._parts - 1
