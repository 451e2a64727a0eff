"""Writes a client's stream, chunk by chunk."""

from typing import Any

import orjson

from triforce_daemon.dialects import sse
from triforce_daemon.dialects.canonical import Event, Request, Usage
from triforce_daemon.dialects.openai_chat.usage import write_usage
from triforce_daemon.dialects.openai_completions.answer import finish_word
from triforce_daemon.dialects.openai_error import write_error
from triforce_daemon.dialects.seam import seam
from triforce_daemon.errors import TriforceError

_DONE = sse.event(b"[DONE]")


class Writer:
    def __init__(self, request: Request, created: int) -> None:
        self._with_usage = request.include_usage
        self._usage: Usage | None = None
        self._head = {"id": "", "object": "text_completion", "created": created, "model": request.model}

    def write(self, event: Event) -> bytes:
        if event["type"] == "text" or event["type"] == "refusal":
            return self._chunk(event["text"], None)
        if event["type"] == "started":
            self._head |= {"id": event["id"], "model": event["model"]}
        elif event["type"] == "finished":
            return self._chunk("", finish_word(event["reason"]))
        elif event["type"] == "usage":
            self._usage = event["usage"]
        elif event["type"] == "continued":
            self._head["model"] = event["model"]
            return self._event([], **seam(event))
        return b""

    def finish(self) -> bytes:
        if not self._with_usage or self._usage is None:
            return _DONE
        return self._event([], usage=write_usage(self._usage)) + _DONE

    def fail(self, error: TriforceError, request_id: str) -> bytes:
        """An error event, and no [DONE]."""
        return sse.event(orjson.dumps(write_error(error, request_id)))

    def _chunk(self, text: str, reason: str | None) -> bytes:
        choice = {"text": text, "index": 0, "logprobs": None, "finish_reason": reason}
        return self._event([choice], **({"usage": None} if self._with_usage else {}))

    def _event(self, choices: list[dict[str, Any]], **more: Any) -> bytes:
        return sse.event(orjson.dumps({**self._head, "choices": choices, **more}))
