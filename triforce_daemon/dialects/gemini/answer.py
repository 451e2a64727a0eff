"""The whole answer: https://ai.google.dev/api/generate-content#generatecontentresponse"""

import hashlib
from typing import Any, cast

from triforce_daemon.dialects.canonical import Answer, FinishReason, Part, Request
from triforce_daemon.dialects.figures import details
from triforce_daemon.dialects.gemini.errors import error_in
from triforce_daemon.dialects.gemini.names import camel_object
from triforce_daemon.dialects.gemini.parts import OWN, read_part, write_part
from triforce_daemon.dialects.gemini.usage import read_usage, write_usage
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.errors import InvalidRequest, UpstreamFailed

_FINISH: dict[str, FinishReason] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "CONTINUATION": "pause",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "SPII": "content_filter",
    "MODEL_ARMOR": "content_filter",
    "IMAGE_SAFETY": "content_filter",
    "IMAGE_PROHIBITED_CONTENT": "content_filter",
    "IMAGE_RECITATION": "content_filter",
}
_WORDS: dict[FinishReason, str] = {
    "stop": "STOP",
    "tool_calls": "STOP",
    "pause": "STOP",
    "length": "MAX_TOKENS",
    "content_filter": "SAFETY",
    "refusal": "SAFETY",
    "other": "OTHER",
}


def finish_of(reason: Any, *, called: bool) -> FinishReason:
    """`called`: the answer holds a call, which this dialect counts as an ordinary end."""
    finish = _FINISH.get(reason, "other") if isinstance(reason, str) else "other"
    return "tool_calls" if finish == "stop" and called else finish


def finish_word(finish: FinishReason) -> str:
    return _WORDS[finish]


def is_blocked(body: dict[str, Any]) -> bool:
    """Whether the prompt itself was refused: then there is no candidate."""
    return details(body, "promptFeedback").get("blockReason") is not None


def first_candidate(body: dict[str, Any]) -> dict[str, Any] | None:
    candidates = body.get("candidates")
    for candidate in cast(list[Any], candidates) if isinstance(candidates, list) else []:
        if isinstance(candidate, dict) and cast(dict[str, Any], candidate).get("index", 0) == 0:
            return cast(dict[str, Any], candidate)
    return None


def parts_in(candidate: dict[str, Any]) -> list[Any]:
    found = details(candidate, "content").get("parts")
    return cast(list[Any], found) if isinstance(found, list) else []


def made_id(answer: str, number: int, name: str, arguments: str) -> str:
    """For a call that came without one: the same each time, and another one in each answer."""
    seed = f"{answer}\n{name}\n{arguments}".encode(errors="replace")
    return f"call_{number}_{hashlib.blake2b(seed, digest_size=6).hexdigest()}"


def read_answer(body: dict[str, Any]) -> Answer:
    """Raises UpstreamFailed, or what the error inside it says."""
    if body.get("error"):
        raise error_in(200, body)
    candidate = first_candidate(body)
    if candidate is None and not is_blocked(body):
        raise UpstreamFailed("The provider sent no answer.", "Try again, or try another model.")
    id = str(body.get("responseId") or "")
    parts = [] if candidate is None else _read_parts(candidate, id)
    called = any(part["type"] == "tool_call" for part in parts)
    return Answer(
        id=id,
        model=str(body.get("modelVersion") or ""),
        parts=parts,
        finish="content_filter" if candidate is None else finish_of(candidate.get("finishReason"), called=called),
        usage=read_usage(body),
    )


def _read_parts(candidate: dict[str, Any], id: str) -> list[Part]:
    try:
        parts = [read_part(camel_object(part, "parts"), "parts") for part in parts_in(candidate)]
    except InvalidRequest as error:
        raise UpstreamFailed("The provider sent no answer.", "Try again, or try another model.") from error
    for number, part in enumerate(parts):
        if part["type"] == "tool_call" and not part["id"]:
            part["id"] = made_id(id, number, part["name"], part["arguments"])
    return parts


def shows_thoughts(request: Request) -> bool:
    """Only who asks for thoughts is shown any: other clients would take them for the answer."""
    return request.thinking is not None and request.thinking.get("visible", False)


def write_answer(answer: Answer, request: Request) -> dict[str, Any]:
    shown = shows_thoughts(request)
    parts = [written for part in answer.parts if (written := _write_part(part, shown)) is not None]
    candidate = {
        "content": {"parts": parts, "role": "model"},
        "finishReason": finish_word(answer.finish),
        "index": 0,
    }
    body: dict[str, Any] = {"candidates": [candidate]}
    if answer.usage is not None:
        body["usageMetadata"] = write_usage(answer.usage)
    return body | {"modelVersion": answer.model, "responseId": answer.id}


def _write_part(part: Part, shown: bool) -> dict[str, Any] | None:
    if part["type"] != "thinking":
        return write_part(part, Losses())
    if not shown or part.get("redacted"):
        return None
    signature = {"thoughtSignature": part["signature"]} if part["origin"] == OWN and part["signature"] else {}
    return {"text": part["text"], "thought": True} | signature
