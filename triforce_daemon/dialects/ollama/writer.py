"""Writes a client's stream, a line a piece; a call goes out once it is whole."""

from collections.abc import Callable
from typing import Any, ClassVar

import orjson

from triforce_daemon.dialects import json_text
from triforce_daemon.dialects.canonical import Event, FinishReason, Request, ToolCallStarted, Usage
from triforce_daemon.dialects.ollama.answer import done_reason, durations, timestamp, write_usage
from triforce_daemon.dialects.ollama.errors import write_error
from triforce_daemon.dialects.seam import seam
from triforce_daemon.errors import TriforceError


class Writer:
    """Lines as /api/chat has them: what is said, inside `message`."""

    _before, _content, _after = b'"message":{"role":"assistant",', b'"content":', b"},"
    _last: ClassVar[dict[str, Any]] = {"message": {"role": "assistant", "content": ""}}

    def __init__(self, request: Request, now: Callable[[], float]) -> None:
        self._now = now
        self._began = now()
        self._first: float | None = None
        self._model = request.model
        self._finish: FinishReason = "stop"
        self._usage: Usage | None = None
        self._call: ToolCallStarted | None = None
        self._arguments: list[str] = []
        self._calls = 0
        self._begin(request.model)

    def _begin(self, model: str) -> None:
        self._model = model
        self._head = b'{"model":' + orjson.dumps(model) + b',"created_at":"'
        self._middle = b'",' + self._before + self._content
        self._tail = self._after + b'"done":false}\n'

    def write(self, event: Event) -> bytes:
        if event["type"] == "text" or event["type"] == "refusal":
            return self._flush_call() + self._line(orjson.dumps(event["text"]))
        if event["type"] == "arguments":
            if self._call is not None and self._call["index"] == event["index"]:
                self._arguments.append(event["text"])
            return b""
        if event["type"] == "thinking":
            return self._flush_call() + self._line(b'"","thinking":' + orjson.dumps(event["text"]))
        if event["type"] == "tool_call":
            written, self._call = self._flush_call(), event
            return written
        if event["type"] == "started":
            self._begin(event["model"])
        elif event["type"] == "finished":
            self._finish = event["reason"]
            return self._flush_call()
        elif event["type"] == "usage":
            self._usage = event["usage"]
        elif event["type"] == "continued":
            self._begin(event["model"])
            return self._line(b'""').replace(b"}\n", b"," + orjson.dumps(seam(event))[1:] + b"\n")
        return b""

    def _line(self, content: bytes) -> bytes:
        now = self._now()
        if self._first is None:
            self._first = now
        return self._head + timestamp(now).encode() + self._middle + content + self._tail

    def _flush_call(self) -> bytes:
        call = self._call
        if call is None:
            return b""
        head = {"id": call["id"], "function": {"index": self._calls, "name": call["name"]}}
        arguments = json_text.spliced("".join(self._arguments))
        self._call, self._calls = None, self._calls + 1
        self._arguments.clear()
        return self._line(b'"","tool_calls":[' + orjson.dumps(head)[:-2] + b',"arguments":' + arguments + b"}}]")

    def finish(self) -> bytes:
        now = self._now()
        first = self._first if self._first is not None else now
        last = {
            "model": self._model,
            "created_at": timestamp(now),
            **self._last,
            "done": True,
            "done_reason": done_reason(self._finish),
            **durations(now - self._began, first - self._began),
            **write_usage(self._usage),
        }
        return self._flush_call() + orjson.dumps(last) + b"\n"

    def fail(self, error: TriforceError, request_id: str) -> bytes:
        """A line with the error, and none that says `done`."""
        return orjson.dumps(write_error(error)) + b"\n"
