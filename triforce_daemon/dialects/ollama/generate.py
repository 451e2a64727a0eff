"""What is asked of /api/generate, one prompt without a conversation, and how it is answered.

https://docs.ollama.com/api/generate
"""

from typing import Any, ClassVar

from triforce_daemon.dialects import fields
from triforce_daemon.dialects.canonical import Answer, Message, Request, TextPart
from triforce_daemon.dialects.ollama.answer import write_answer
from triforce_daemon.dialects.ollama.messages import read_images
from triforce_daemon.dialects.ollama.request import read_common
from triforce_daemon.dialects.ollama.writer import Writer

PATH = "/api/generate"
_KNOWN = frozenset(("model", "prompt", "system", "images", "stream", "format", "options", "think"))


def read_request(body: dict[str, Any], model: str | None, stream: bool | None) -> Request:
    """Raises InvalidRequest that names the field."""
    request = read_common(body, _KNOWN, model, stream)
    if system := fields.text(body, "system"):
        request.messages.append(Message(role="system", parts=[TextPart(type="text", text=system)]))
    parts = read_images(body, "")
    if prompt := fields.text(body, "prompt"):
        parts.insert(0, TextPart(type="text", text=prompt))
    if not parts:
        fields.refuse("prompt", "text")
    request.messages.append(Message(role="user", parts=parts))
    return request


def flat_answer(answer: Answer, now: float) -> dict[str, Any]:
    """The answer, with what is said not in `message` but beside the rest."""
    written = write_answer(answer, now)
    message = written.pop("message")
    flat = {"model": written.pop("model"), "created_at": written.pop("created_at"), "response": message["content"]}
    return flat | {name: message[name] for name in ("thinking", "tool_calls") if name in message} | written


class FlatWriter(Writer):
    """Lines as /api/generate has them: what is said, in `response`."""

    _before, _content, _after = b"", b'"response":', b","
    _last: ClassVar[dict[str, Any]] = {"response": ""}
