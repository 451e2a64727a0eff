"""OpenAI's chat completions as the router still speaks them, until it moves to the dialects' packages.

https://platform.openai.com/docs/api-reference/chat
"""

from dataclasses import dataclass, field
from typing import Any, Literal, cast

import orjson
from typing_extensions import TypedDict

from triforce_daemon.dialects import sse
from triforce_daemon.errors import (
    ContextExceeded,
    InvalidRequest,
    ProviderUnavailable,
    TriforceError,
    UpstreamFailed,
)
from triforce_daemon.wire.sessions import Options
from triforce_daemon.wire.usage import Usage

PATH = "/chat/completions"
DONE = b"[DONE]"

FinishReason = Literal["stop", "length", "content_filter", "other"]


class Message(TypedDict):
    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is asked of a model."""

    messages: list[Message]
    options: Options = field(default_factory=Options)
    json_schema: dict[str, object] | None = None


class Text(TypedDict):
    type: Literal["text"]
    text: str


class Finish(TypedDict):
    type: Literal["finish"]
    reason: FinishReason


class Used(TypedDict):
    type: Literal["usage"]
    usage: Usage


Piece = Text | Finish | Used


def write_request(model: str, conversation: Conversation) -> dict[str, object]:
    """The body that asks for a streamed answer with its usage."""
    body: dict[str, object] = {
        **conversation.options,
        "model": model,
        "messages": [{"role": said["role"], "content": said["text"]} for said in conversation.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if conversation.json_schema is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": conversation.json_schema, "strict": True},
        }
    return body


def read_event(data: bytes) -> list[Piece]:
    """The pieces of one event's data. Raises the error that the provider sent inside the stream, or UpstreamFailed."""
    chunk = read_object(data)
    if chunk.get("error"):
        raise read_error(500, data)
    pieces: list[Piece] = []
    for choice in _objects(chunk.get("choices")):
        text = _object(choice.get("delta")).get("content")
        if text and isinstance(text, str):
            pieces.append(Text(type="text", text=text))
        if reason := choice.get("finish_reason"):
            pieces.append(Finish(type="finish", reason=_finish_reason(reason)))
    if usage := read_usage(chunk):
        pieces.append(Used(type="usage", usage=usage))
    return pieces


def read_usage(body: dict[str, Any]) -> Usage | None:
    """The usage of a whole answer or of a chunk; None where it carries none that can be understood."""
    figures = _object(body.get("usage"))
    asked, answered = _count(figures.get("prompt_tokens")), _count(figures.get("completion_tokens"))
    if asked is None and answered is None:
        return None
    return Usage(input_tokens=asked or 0, output_tokens=answered or 0, estimated=False)


def read_error(status: int, body: bytes) -> TriforceError:
    """The provider's refusal as an error of ours."""
    try:
        error = read_object(body).get("error")
    except UpstreamFailed:
        error = None
    details = _object(error) or {"message": error}
    message = str(details.get("message") or f"The provider answered {status}.")
    if details.get("type") == "exceed_context_size_error" or details.get("code") == "context_length_exceeded":
        return _context_exceeded(details, message)
    if status in (400, 404, 413, 422) or details.get("type") == "invalid_request_error":
        return InvalidRequest(f"The model refused the request: {message}")
    if status == 503:
        return ProviderUnavailable(f"The provider is not ready: {message}", "Try again in a moment.")
    return UpstreamFailed(f"The provider failed: {message}", "Try again, or try another model.")


def write_error(error: TriforceError, request_id: str) -> dict[str, object]:
    """An error in the shape that OpenAI's clients understand."""
    kind = "invalid_request_error" if error.status < 500 else "server_error"
    message = f"{error.message} {error.hint}" if error.hint else error.message
    param = "model" if error.code == "model_not_found" else None
    return {"error": {"message": message, "type": kind, "param": param, "code": error.code, "request_id": request_id}}


def _context_exceeded(details: dict[str, Any], message: str) -> ContextExceeded:
    asked, limit = details.get("n_prompt_tokens"), details.get("n_ctx")
    if asked and limit:
        message = f"The conversation has {asked} tokens; this model holds {limit}."
    return ContextExceeded(message, "Shorten the prompt, begin a new session, or raise the setting builtin.context.")


def _finish_reason(reason: object) -> FinishReason:
    known: dict[str, FinishReason] = {"stop": "stop", "length": "length", "content_filter": "content_filter"}
    return known.get(str(reason), "other")


def _object(value: object) -> dict[str, Any]:
    """`value`, or an empty object where it is none: a provider's answer is never taken at its word."""
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def _objects(value: object) -> list[dict[str, Any]]:
    return [_object(one) for one in cast(list[object], value)] if isinstance(value, list) else []


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 1 << 53 else None


def prompt_characters(body: dict[str, Any]) -> int:
    """How much text the messages of a request hold, for an estimate of their tokens."""
    total = 0
    for message in body.get("messages", ()):
        content = message.get("content")
        parts = cast(list[Any], content) if isinstance(content, list) else [{"text": content}]
        total += sum(len(part["text"]) for part in parts if _has_text(part))
    return total


def _has_text(part: Any) -> bool:
    return isinstance(part, dict) and isinstance(cast(dict[str, Any], part).get("text"), str)


def read_object(data: bytes) -> dict[str, Any]:
    """A JSON object. Raises UpstreamFailed for anything else."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise UpstreamFailed("The provider sent something that is not a JSON object.", "Try again.")
    return cast(dict[str, Any], value)


class Relay:
    """Watches an answer that passes through as bytes: its usage, its end; holds the end back until it is paid for."""

    def __init__(self, *, keep_usage: bool) -> None:
        """`keep_usage`: the client asked for the usage event; otherwise it is taken out of the stream."""
        self._splitter = sse.Splitter()
        self._keep_usage = keep_usage
        self.usage: Usage | None = None
        self.events = 0
        self.ended = False
        self.error: TriforceError | None = None

    def feed(self, chunk: bytes) -> bytes:
        """What may go on to the client now."""
        ready = self._splitter.feed(chunk)
        if not ready:
            return b""
        # Within a text the quotes would be escaped: this counts pieces of the answer only.
        self.events += ready.count(b'"delta"')
        if b"[DONE]" in ready or b'"usage"' in ready or b'"error"' in ready:
            return b"".join(one for one in sse.split(ready) if self._passes(one))
        return ready

    @property
    def end(self) -> bytes:
        """The last event, for after the usage is on disk."""
        return sse.event(DONE)

    def _passes(self, one: bytes) -> bool:
        data = sse.data_of(one)
        if data is None:
            return True
        if data == DONE:
            self.ended = True
            return False
        chunk = read_object(data)
        if chunk.get("error"):
            self.error = read_error(500, data)
            return False
        if usage := read_usage(chunk):
            self.usage = usage
            return self._keep_usage or bool(chunk.get("choices"))
        return True
