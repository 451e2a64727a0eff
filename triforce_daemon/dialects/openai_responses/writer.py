"""Writes a client's stream: created, each item from its beginning to its end, completed; all of them numbered."""

from collections.abc import Mapping
from typing import Any

import orjson

from triforce_daemon.dialects.canonical import Event, FinishReason, Request, ThinkingSigned, ToolCallStarted, Usage
from triforce_daemon.dialects.openai_error import write_error
from triforce_daemon.dialects.openai_responses.answer import ending, packed_tools, skeleton
from triforce_daemon.dialects.openai_responses.names import Names
from triforce_daemon.dialects.openai_responses.open_item import OpenCall, OpenItem, OpenReasoning, OpenText, OpenWords
from triforce_daemon.dialects.openai_responses.parts import OWN
from triforce_daemon.dialects.openai_responses.usage import write_usage
from triforce_daemon.dialects.seam import seam
from triforce_daemon.errors import TriforceError


class Writer:
    def __init__(self, request: Request, created: int, given: Mapping[str, Any] | None = None) -> None:
        """`given`: fields of the response that are known already, its id perhaps among them."""
        self._request = request
        self._created = created
        self._names = Names(request.tools)
        self._given = dict(given or {})
        self._response = packed_tools(skeleton(request, "", request.model, created)) | self._given
        self._sequence = 0
        self._items: list[dict[str, Any]] = []
        self._open: OpenItem | None = None
        self._finish: FinishReason = "other"
        self._told = False
        self._usage: Usage | None = None

    def write(self, event: Event) -> bytes:
        if event["type"] == "text":
            return self._delta(event["index"], event["text"], OpenText)
        if event["type"] == "arguments":
            return self._add(event["text"])
        if event["type"] == "thinking":
            return self._delta(event["index"], event["text"], OpenReasoning)
        if event["type"] == "tool_call":
            return self._call(event)
        if event["type"] == "refusal":
            self._told = True
            return self._delta(event["index"], event["text"], OpenWords)
        if event["type"] == "signature":
            return self._sign(event)
        if event["type"] == "started":
            return self._begin(event["id"], event["model"])
        if event["type"] == "finished":
            self._finish = event["reason"]
            return self._close()
        if event["type"] == "usage":
            self._usage = event["usage"]
        elif event["type"] == "continued":
            self._response["model"] = event["model"]
            return self._life("response.in_progress", seam(event))
        return b""

    def _begin(self, id: str, model: str) -> bytes:
        self._response |= {"id": id, "model": model, **self._given}
        return self._life("response.created") + self._life("response.in_progress")

    def _life(self, kind: str, more: Mapping[str, Any] | None = None) -> bytes:
        """An event of the response as a whole."""
        return self._events([(kind, {"response": self._response, **(more or {})})])

    def _events(self, events: list[tuple[str, dict[str, Any]]]) -> bytes:
        written: list[bytes] = []
        for kind, content in events:
            body = orjson.dumps({"type": kind, **content, "sequence_number": self._sequence})
            written += (b"event: ", kind.encode(), b"\ndata: ", body, b"\n\n")
            self._sequence += 1
        return b"".join(written)

    def _delta(self, index: int, text: str, kind: type[OpenItem]) -> bytes:
        item = self._open
        if item is not None and item.index == index:
            return self._add(text)
        closed = self._close()
        return closed + self._start(kind(index, len(self._items), self._response["id"])) + self._add(text)

    def _start(self, item: OpenItem) -> bytes:
        self._open = item
        return self._events(item.start())

    def _add(self, text: str) -> bytes:
        """The next piece of what is open."""
        item = self._open
        if item is None:
            return b""
        item.pieces.append(text)
        if not item.head:
            return b""
        self._sequence += 1
        return item.head + orjson.dumps(text) + b',"sequence_number":%d}\n\n' % (self._sequence - 1)

    def _call(self, event: ToolCallStarted) -> bytes:
        closed = self._close()
        call = OpenCall(event["index"], len(self._items), self._response["id"])
        name = event["name"]
        call.named(event["id"], self._names.written(name), takes_text=self._names.takes_text(name))
        return closed + self._start(call)

    def _sign(self, event: ThinkingSigned) -> bytes:
        if event["origin"] != OWN:
            return b""
        written = b""
        if self._open is None or self._open.index != event["index"]:
            written = self._close()
            item = OpenReasoning(event["index"], len(self._items), self._response["id"])
            if "id" in event:
                item.id = event["id"]
            written += self._start(item)
        if isinstance(self._open, OpenReasoning):
            self._open.signature = event["signature"]
        return written

    def _close(self) -> bytes:
        if self._open is None:
            return b""
        events, item = self._open.finish()
        self._items.append(item)
        self._open = None
        return self._events(events)

    def finish(self) -> bytes:
        closed = self._close()
        self._response |= ending(self._finish, told=self._told, created=self._created)
        self._response["output"] = self._items
        self._response["usage"] = write_usage(self._usage) if self._usage is not None else None
        return closed + self._life(f"response.{self._response['status']}")

    def fail(self, error: TriforceError, request_id: str) -> bytes:
        """`response.failed`, with what has come of the output."""
        written = write_error(error, request_id)["error"]
        # Clients know these two by name, and the rest as trouble on this side.
        known = {"context_length_exceeded": error.code, "rate_limited": "rate_limit_exceeded"}
        code = known.get(error.code, "invalid_prompt" if error.status < 500 else "server_error")
        self._response |= {"status": "failed", "error": {"code": code, "message": written["message"]}}
        self._response["output"] = self._items
        return self._life("response.failed")
