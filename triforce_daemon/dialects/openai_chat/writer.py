"""Writes a client's stream, chunk by chunk."""

from typing import Any

import orjson

from triforce_daemon.dialects import freeform, sse
from triforce_daemon.dialects.canonical import Continued, Event, Request, ToolCallDelta, ToolCallStarted, Usage
from triforce_daemon.dialects.openai_chat.answer import finish_word
from triforce_daemon.dialects.openai_chat.usage import write_usage
from triforce_daemon.dialects.openai_error import write_error
from triforce_daemon.dialects.seam import seam
from triforce_daemon.errors import TriforceError

_DONE = sse.event(b"[DONE]")


class Writer:
    def __init__(self, request: Request, created: int) -> None:
        self._freeforms = {tool["name"] for tool in request.tools if "freeform" in tool}
        self._with_usage = request.include_usage
        self._created = created
        self._usage: Usage | None = None
        self._refused = False
        #: The number of each call among the calls, by the number of its part.
        self._calls: dict[int, int] = {}
        #: Calls whose text waits until it is whole: part → pieces of the arguments.
        self._held: dict[int, list[str]] = {}
        self._begin("", request.model)

    def _begin(self, id: str, model: str) -> None:
        self._id = id
        head = {"id": id, "object": "chat.completion.chunk", "created": self._created, "model": model}
        self._head = b"data: " + orjson.dumps(head)[:-1] + b',"choices":['
        usage = b',"usage":null' if self._with_usage else b""
        self._delta = self._head + b'{"index":0,"delta":{'
        self._tail = b'},"logprobs":null,"finish_reason":null}]' + usage + b"}\n\n"
        self._content = self._delta + b'"content":'

    def write(self, event: Event) -> bytes:
        if event["type"] == "text":
            return self._content + orjson.dumps(event["text"]) + self._tail
        if event["type"] == "arguments":
            return self._write_arguments(event)
        if event["type"] == "thinking":
            return self._delta + b'"reasoning_content":' + orjson.dumps(event["text"]) + self._tail
        if event["type"] == "tool_call":
            return self._write_call(event)
        if event["type"] == "started":
            self._begin(event["id"], event["model"])
            return self._delta + b'"role":"assistant","content":"","refusal":null' + self._tail
        if event["type"] == "refusal":
            self._refused = True
            return self._delta + b'"refusal":' + orjson.dumps(event["text"]) + self._tail
        if event["type"] == "finished":
            return self._write_held() + self._write_finish(finish_word(event["reason"], refused=self._refused))
        if event["type"] == "usage":
            self._usage = event["usage"]
        elif event["type"] == "continued":
            return self._write_seam(event)
        return b""

    def _write_seam(self, event: Continued) -> bytes:
        """A chunk that says nothing, with the mark; all that follow name the other model."""
        self._begin(self._id, event["model"])
        return self._delta + self._tail.replace(b"}\n\n", b"," + orjson.dumps(seam(event))[1:] + b"\n\n")

    def _write_call(self, event: ToolCallStarted) -> bytes:
        number = self._calls[event["index"]] = len(self._calls)
        call: dict[str, Any] = {"index": number, "id": event["id"], "type": "function"}
        call["function"] = {"name": event["name"], "arguments": ""}
        if event["name"] in self._freeforms:
            self._held[event["index"]] = []
            call |= {"type": "custom", "custom": {"name": event["name"], "input": ""}}
            del call["function"]
        return self._delta + b'"tool_calls":[' + orjson.dumps(call) + b"]" + self._tail

    def _write_arguments(self, event: ToolCallDelta) -> bytes:
        index = event["index"]
        if index in self._held:
            self._held[index].append(event["text"])
            return b""
        text = orjson.dumps(event["text"])
        number = b"%d" % self._calls[index]
        return (
            self._delta
            + b'"tool_calls":[{"index":'
            + number
            + b',"function":{"arguments":'
            + text
            + b"}}]"
            + self._tail
        )

    def _write_held(self) -> bytes:
        """The free text of custom calls, which is known once their arguments are whole."""
        written = b""
        for index, pieces in self._held.items():
            call = {"index": self._calls[index], "custom": {"input": freeform.text_of("".join(pieces))}}
            written += self._delta + b'"tool_calls":[' + orjson.dumps(call) + b"]" + self._tail
        self._held.clear()
        return written

    def _write_finish(self, reason: str) -> bytes:
        usage = b',"usage":null' if self._with_usage else b""
        choice = b'{"index":0,"delta":{},"logprobs":null,"finish_reason":"' + reason.encode() + b'"}]'
        return self._head + choice + usage + b"}\n\n"

    def finish(self) -> bytes:
        if not self._with_usage or self._usage is None:
            return _DONE
        return self._head + b'],"usage":' + orjson.dumps(write_usage(self._usage)) + b"}\n\n" + _DONE

    def fail(self, error: TriforceError, request_id: str) -> bytes:
        """An error event, and no [DONE]."""
        return sse.event(orjson.dumps(write_error(error, request_id)))
