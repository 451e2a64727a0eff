"""Generated content as Google writes it; https://ai.google.dev/api/generate-content."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any, ClassVar

from tests.scriptable_upstream.json_writer import GOOGLE, GOOGLE_PRETTY, Raw
from tests.scriptable_upstream.script import Call, Part, Script, Thinking, Usage
from tests.scriptable_upstream.stamps import Stamp
from tests.scriptable_upstream.wires.wire import Asked

Fields = dict[str, Any]

FINISH = {"length": "MAX_TOKENS", "content_filter": "SAFETY", "refusal": "PROHIBITED_CONTENT"}


class Gemini:
    """A call comes whole, in one chunk; the chunk that finishes brings no text of its own."""

    media_type: ClassVar[str] = "text/event-stream"
    opening: ClassVar[int] = 0

    def whole(self, script: Script, asked: Asked, stamp: Stamp) -> bytes:
        parts = [_part(part, "".join(_pieces(part)), last=True) for part in script.parts]
        return GOOGLE_PRETTY.write(_response(asked, stamp, parts, script, script.used)) + b"\n"

    def stream(self, script: Script, asked: Asked, stamp: Stamp) -> list[bytes]:
        return [_event(chunk) for chunk in _chunks(script, asked, stamp)]

    def delta(self, text: str, asked: Asked, stamp: Stamp) -> bytes:
        return _event(_response(asked, stamp, [{"text": text}], None, None))

    def failure(self, asked: Asked, stamp: Stamp) -> bytes:
        error = {"code": 503, "message": "The model is overloaded. Please try again later.", "status": "UNAVAILABLE"}
        return _event({"error": error})


def _event(fields: Fields) -> bytes:
    # Google ends its lines with a carriage return too.
    return b"data: %b\r\n\r\n" % GOOGLE.write(fields)


def _chunks(script: Script, asked: Asked, stamp: Stamp) -> Iterator[Fields]:
    used = script.used
    so_far = Usage(used.input, 0, used.cached, 0, used.reasoning) if used else None
    for part in script.parts:
        pieces = _pieces(part)
        for place, piece in enumerate(pieces, 1):
            shown = _part(part, piece, last=place == len(pieces))
            yield _response(asked, stamp, [shown], None, so_far)
    yield _response(asked, stamp, [{"text": ""}], script, used)


def _response(asked: Asked, stamp: Stamp, parts: list[Fields], ended: Script | None, used: Usage | None) -> Fields:
    candidate: Fields = {"content": {"parts": parts, "role": "model"}}
    if ended:
        candidate["finishReason"] = FINISH.get(ended.reason, "STOP")
    candidate["index"] = 0
    if ended and ended.calls:
        candidate["finishMessage"] = "Model generated function call(s)."
    response: Fields = {"candidates": [candidate]}
    if used:
        response["usageMetadata"] = _usage(used)
    return response | {"modelVersion": asked.model, "responseId": stamp.id("")}


def _pieces(part: Part) -> tuple[str, ...]:
    """A call is never cut; a part without text is a piece all the same."""
    if isinstance(part, Call):
        return (part.arguments,)
    return part.pieces or ("",)


def _part(part: Part, piece: str, last: bool) -> Fields:
    """A part, or a piece of it; the signature comes with its last piece."""
    if isinstance(part, Call):
        shown: Fields = {"functionCall": {"name": part.name, "args": Raw(part.arguments or "{}")}}
        if part.id:
            shown["functionCall"]["id"] = part.id
    else:
        shown = {"text": piece}
    if isinstance(part, Thinking):
        shown["thought"] = True
    if last and isinstance(part, Call | Thinking) and part.signature:
        shown["thoughtSignature"] = _base64(part.signature)
    return shown


def _base64(signature: str) -> str:
    """Signatures are bytes here; a text that is none is made one."""
    try:
        base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return base64.b64encode(signature.encode()).decode()
    return signature


def _usage(used: Usage) -> Fields:
    """Reasoning is counted apart from what was said."""
    said = max(used.output - used.reasoning, 0)
    usage: Fields = {"promptTokenCount": used.input}
    if said:
        usage["candidatesTokenCount"] = said
    usage["totalTokenCount"] = used.input + said + used.reasoning
    if used.cached:
        usage["cachedContentTokenCount"] = used.cached
    usage["promptTokensDetails"] = [{"modality": "TEXT", "tokenCount": used.input}]
    return usage | {"thoughtsTokenCount": used.reasoning} if used.reasoning else usage


class GeminiArray(Gemini):
    """The stream without `alt=sse`: one JSON array, element by element."""

    media_type: ClassVar[str] = "application/json; charset=UTF-8"

    def stream(self, script: Script, asked: Asked, stamp: Stamp) -> list[bytes]:
        elements = [GOOGLE_PRETTY.write(chunk) for chunk in _chunks(script, asked, stamp)]
        begun = [(b"[" if place == 0 else b",\r\n") + element for place, element in enumerate(elements)]
        return [*begun[:-1], begun[-1] + b"]\n"]

    def delta(self, text: str, asked: Asked, stamp: Stamp) -> bytes:
        return GOOGLE_PRETTY.write(_response(asked, stamp, [{"text": text}], None, None)) + b",\r\n"
