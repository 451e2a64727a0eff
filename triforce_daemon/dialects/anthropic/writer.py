"""Writes a client's stream, event by event: https://platform.claude.com/docs/en/build-with-claude/streaming"""

from typing import Any

import orjson

from triforce_daemon.dialects.anthropic.answer import write_finish
from triforce_daemon.dialects.anthropic.blocks import OWN, write_id
from triforce_daemon.dialects.anthropic.errors import write_error
from triforce_daemon.dialects.anthropic.usage import write_usage
from triforce_daemon.dialects.canonical import (
    Event,
    Finished,
    FinishReason,
    Request,
    Started,
    ThinkingSigned,
    ToolCallStarted,
    Usage,
)
from triforce_daemon.dialects.seam import seam
from triforce_daemon.errors import TriforceError

_TEXT = b'"text_delta","text":'
_THINKING = b'"thinking_delta","thinking":'
_ARGUMENTS = b'"input_json_delta","partial_json":'
_SIGNATURE = b'"signature_delta","signature":'


class Writer:
    """One block is open at a time; another begins with the first event of another part."""

    def __init__(self, request: Request) -> None:
        self._model = request.model
        self._begun = False
        #: How many blocks there are, and the part of the one that is open.
        self._blocks = 0
        self._open: int | None = None
        self._delta = b""
        self._reason: FinishReason = "stop"
        self._stop_sequence: str | None = None
        self._usage: Usage | None = None
        self._called = False
        self._refused = False

    def write(self, event: Event) -> bytes:
        if event["type"] == "text":
            return self._piece(event["index"], b'{"type":"text","text":""}', _TEXT, event["text"])
        if event["type"] == "arguments":
            return self._piece(event["index"], b"", _ARGUMENTS, event["text"])
        if event["type"] == "thinking":
            block = b'{"type":"thinking","thinking":"","signature":""}'
            return self._piece(event["index"], block, _THINKING, event["text"])
        if event["type"] == "tool_call":
            return self._call(event)
        if event["type"] == "signature":
            return self._sign(event)
        if event["type"] == "refusal":
            self._refused = True
            return self._piece(event["index"], b'{"type":"text","text":""}', _TEXT, event["text"])
        if event["type"] == "started":
            return self._begin(event)
        if event["type"] == "usage":
            self._usage = event["usage"]
        elif event["type"] == "finished":
            self._finished(event)
        elif event["type"] == "continued":
            return _event("ping", {"type": "ping", **seam(event)})
        return b""

    def finish(self) -> bytes:
        finish = self._reason
        if finish == "stop" and (self._refused or self._called):
            finish = "refusal" if self._refused else "tool_calls"
        usage = write_usage(self._usage)
        end = {"type": "message_delta", "delta": write_finish(finish, self._stop_sequence), "usage": usage}
        start = b"" if self._begun else self._begin(Started(type="started", id="", model=self._model))
        return start + self._close() + _event("message_delta", end) + _event("message_stop", {"type": "message_stop"})

    def fail(self, error: TriforceError, request_id: str) -> bytes:
        """An error event, and no message_stop."""
        return _event("error", write_error(error, request_id))

    def _begin(self, event: Started) -> bytes:
        self._begun = True
        self._usage = event.get("usage")
        message: dict[str, Any] = {
            "id": event["id"],
            "type": "message",
            "role": "assistant",
            "model": event["model"],
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": write_usage(self._usage),
        }
        return _event("message_start", {"type": "message_start", "message": message})

    def _piece(self, part: int, block: bytes, kind: bytes, text: str) -> bytes:
        if part == self._open:
            return self._delta + kind + orjson.dumps(text) + b"}}\n\n"
        if not text or not block:
            return b""
        return self._start(part, block) + self._delta + kind + orjson.dumps(text) + b"}}\n\n"

    def _start(self, part: int, block: bytes) -> bytes:
        number = b"%d" % self._blocks
        closed = self._close()
        self._open = part
        self._blocks += 1
        head = b'event: content_block_delta\ndata: {"type":"content_block_delta","index":'
        self._delta = head + number + b',"delta":{"type":'
        start = b'event: content_block_start\ndata: {"type":"content_block_start","index":'
        return closed + start + number + b',"content_block":' + block + b"}\n\n"

    def _close(self) -> bytes:
        if self._open is None:
            return b""
        self._open = None
        stop = b'event: content_block_stop\ndata: {"type":"content_block_stop","index":'
        return stop + b"%d" % (self._blocks - 1) + b"}\n\n"

    def _call(self, event: ToolCallStarted) -> bytes:
        self._called = True
        block: dict[str, Any] = {"type": "tool_use", "id": write_id(event["id"]), "name": event["name"], "input": {}}
        return self._start(event["index"], orjson.dumps(block))

    def _sign(self, event: ThinkingSigned) -> bytes:
        """Others' signatures mean nothing here."""
        part, signature = event["index"], event["signature"]
        if event["origin"] != OWN:
            return b""
        if event.get("redacted"):
            block = {"type": "redacted_thinking", "data": signature}
            return self._start(part, orjson.dumps(block)) + self._close()
        block = b'{"type":"thinking","thinking":"","signature":""}'
        return self._piece(part, block, _SIGNATURE, signature) + self._close()

    def _finished(self, event: Finished) -> None:
        self._reason = event["reason"]
        self._stop_sequence = event.get("stop_sequence")


def _event(name: str, value: dict[str, Any]) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(value) + b"\n\n"
