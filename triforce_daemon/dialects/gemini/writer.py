"""Writes a client's stream, chunk by chunk."""

from typing import Any

import orjson

from triforce_daemon.dialects import json_text, sse
from triforce_daemon.dialects.canonical import Event, FinishReason, Request, ThinkingSigned, ToolCallStarted, Usage
from triforce_daemon.dialects.gemini.answer import finish_word, shows_thoughts
from triforce_daemon.dialects.gemini.errors import write_error
from triforce_daemon.dialects.gemini.parts import OWN
from triforce_daemon.dialects.gemini.usage import write_usage
from triforce_daemon.dialects.seam import seam
from triforce_daemon.errors import TriforceError

_HEAD = b'data: {"candidates":[{"content":{"parts":['
_TEXT = _HEAD + b'{"text":'
_AFTER_TEXT = b'}],"role":"model"},"index":0}],'
_AFTER_THOUGHT = b',"thought":true' + _AFTER_TEXT


class Writer:
    """A call goes out when it is whole: this dialect has no pieces of calls."""

    def __init__(self, request: Request) -> None:
        self._shows_thoughts = shows_thoughts(request)
        self._call: ToolCallStarted | None = None
        self._arguments: list[str] = []
        self._reason: FinishReason = "stop"
        self._usage: Usage | None = None
        self._begin("", request.model)

    def _begin(self, id: str, model: str) -> None:
        self._id = id
        self._tail = orjson.dumps({"modelVersion": model, "responseId": id})[1:] + b"\n\n"
        self._after_text = _AFTER_TEXT + self._tail

    def write(self, event: Event) -> bytes:
        if event["type"] == "text" or event["type"] == "refusal":
            written = _TEXT + orjson.dumps(event["text"]) + self._after_text if event["text"] else b""
            return written if self._call is None else self._whole_call() + written
        if event["type"] == "arguments":
            self._arguments.append(event["text"])
        elif event["type"] == "thinking":
            if self._shows_thoughts and event["text"]:
                return self._whole_call() + _TEXT + orjson.dumps(event["text"]) + _AFTER_THOUGHT + self._tail
        elif event["type"] == "tool_call":
            written = self._whole_call()
            self._call = event
            return written
        elif event["type"] == "signature":
            return self._sign(event)
        elif event["type"] == "started":
            self._begin(event["id"], event["model"])
        elif event["type"] == "usage":
            self._usage = event["usage"]
        elif event["type"] == "finished":
            self._reason = event["reason"]
        elif event["type"] == "continued":
            self._begin(self._id, event["model"])
            return _TEXT + b'""' + _AFTER_TEXT + orjson.dumps(seam(event))[1:-1] + b"," + self._tail
        return b""

    def finish(self) -> bytes:
        reason = finish_word(self._reason).encode()
        end = _TEXT + b'""}],"role":"model"},"finishReason":"' + reason + b'","index":0}],'
        if self._usage is not None:
            end += b'"usageMetadata":' + orjson.dumps(write_usage(self._usage)) + b","
        return self._whole_call() + end + self._tail

    def fail(self, error: TriforceError, request_id: str) -> bytes:
        """An error in place of a chunk, and no reason to have finished."""
        return sse.event(orjson.dumps(write_error(error, request_id)))

    def _sign(self, event: ThinkingSigned) -> bytes:
        """Others' signatures mean nothing here."""
        if not self._shows_thoughts or event["origin"] != OWN:
            return b""
        part: dict[str, Any] = {"text": "", "thought": True, "thoughtSignature": event["signature"]}
        return self._whole_call() + _HEAD + orjson.dumps(part)[:-1] + self._after_text

    def _whole_call(self) -> bytes:
        """The call that is now whole; nothing where there is none."""
        call = self._call
        if call is None:
            return b""
        names = orjson.dumps({"id": call["id"], "name": call["name"]})[:-1]
        arguments = json_text.spliced("".join(self._arguments))
        signature = b',"thoughtSignature":' + orjson.dumps(call["signature"]) if "signature" in call else b""
        self._call = None
        self._arguments = []
        return _HEAD + b'{"functionCall":' + names + b',"args":' + arguments + b"}" + signature + self._after_text
