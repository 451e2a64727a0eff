"""An item of the output that is being written: the events at its beginning and its end, and how its pieces look."""

from typing import Any

import orjson

from triforce_daemon.dialects import freeform
from triforce_daemon.dialects.openai_responses.answer import item_id, message_item, reasoning_item, text_content

_Events = list[tuple[str, dict[str, Any]]]


class OpenItem:
    """`head`: how the event of a piece begins, up to the piece itself; empty where pieces are not sent."""

    prefix = "msg"

    def __init__(self, index: int, place: int, answer: str) -> None:
        """`index`: the part's number; `place`: the item's in the output."""
        self.index = index
        self.pieces: list[str] = []
        self.head = b""
        self.place = place
        self.id = item_id(self.prefix, answer, index)

    def start(self) -> _Events:
        raise NotImplementedError

    def finish(self) -> tuple[_Events, dict[str, Any]]:
        """The last events, and the item as it stands in the output."""
        raise NotImplementedError

    def _write_head(self, kind: str, **more: Any) -> None:
        fields = orjson.dumps({"type": kind, **self._where(), **more})
        self.head = b"event: " + kind.encode() + b"\ndata: " + fields[:-1] + b',"delta":'

    def _where(self) -> dict[str, Any]:
        return {"item_id": self.id, "output_index": self.place}

    def _added(self, item: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return ("response.output_item.added", {"output_index": self.place, "item": item})

    def _done(self, item: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return ("response.output_item.done", {"output_index": self.place, "item": item})


class OpenText(OpenItem):
    """A message of one text."""

    def start(self) -> _Events:
        self._write_head("response.output_text.delta", content_index=0, logprobs=[])
        item = message_item(self.id, status="in_progress")
        part = {**self._where(), "content_index": 0, "part": self._part("")}
        return [self._added(item), ("response.content_part.added", part)]

    def finish(self) -> tuple[_Events, dict[str, Any]]:
        where = {**self._where(), "content_index": 0}
        part = self._part("".join(self.pieces))
        item = message_item(self.id, part)
        return [
            self._text_done(where, part),
            ("response.content_part.done", {**where, "part": part}),
            self._done(item),
        ], item

    def _part(self, text: str) -> dict[str, Any]:
        return text_content(text)

    def _text_done(self, where: dict[str, Any], part: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return ("response.output_text.done", {**where, "text": part["text"], "logprobs": []})


class OpenWords(OpenText):
    """A message of one refusal."""

    def start(self) -> _Events:
        events = super().start()
        self._write_head("response.refusal.delta", content_index=0)
        return events

    def _part(self, text: str) -> dict[str, Any]:
        return {"type": "refusal", "refusal": text}

    def _text_done(self, where: dict[str, Any], part: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return ("response.refusal.done", {**where, "refusal": part["refusal"]})


class OpenReasoning(OpenItem):
    """Reasoning, told as one summary."""

    prefix = "rs"

    def __init__(self, index: int, place: int, answer: str) -> None:
        super().__init__(index, place, answer)
        self.signature: str | None = None

    def start(self) -> _Events:
        self._write_head("response.reasoning_summary_text.delta", summary_index=0)
        part = {"type": "summary_text", "text": ""}
        return [
            self._added(reasoning_item(self.id, "", None)),
            ("response.reasoning_summary_part.added", {**self._where(), "summary_index": 0, "part": part}),
        ]

    def finish(self) -> tuple[_Events, dict[str, Any]]:
        where = {**self._where(), "summary_index": 0}
        text = "".join(self.pieces)
        item = reasoning_item(self.id, text, self.signature)
        part = {"type": "summary_text", "text": text}
        return [
            ("response.reasoning_summary_text.done", {**where, "text": text}),
            ("response.reasoning_summary_part.done", {**where, "part": part}),
            self._done(item),
        ], item


class OpenCall(OpenItem):
    """A call of a function, or of a tool that takes free text, which is known only once it is whole."""

    prefix = "fc"

    def named(self, call_id: str, name: dict[str, Any], *, takes_text: bool) -> None:
        self._takes_text = takes_text
        if takes_text:
            self.id = "ctc" + self.id.removeprefix(self.prefix)
        kind = "custom_tool_call" if takes_text else "function_call"
        self._item = {"id": self.id, "type": kind, "call_id": call_id, **name}

    def start(self) -> _Events:
        if not self._takes_text:
            self._write_head("response.function_call_arguments.delta")
        empty = {"input": ""} if self._takes_text else {"arguments": ""}
        return [self._added({**self._item, **empty, "status": "in_progress"})]

    def finish(self) -> tuple[_Events, dict[str, Any]]:
        arguments = "".join(self.pieces)
        if self._takes_text:
            text = freeform.text_of(arguments)
            item = {**self._item, "input": text, "status": "completed"}
            kind = "response.custom_tool_call_input"
            return [
                (f"{kind}.delta", {**self._where(), "delta": text}),
                (f"{kind}.done", {**self._where(), "input": text}),
                self._done(item),
            ], item
        item = {**self._item, "arguments": arguments, "status": "completed"}
        done = {**self._where(), "name": self._item["name"], "arguments": arguments}
        return [("response.function_call_arguments.done", done), self._done(item)], item
