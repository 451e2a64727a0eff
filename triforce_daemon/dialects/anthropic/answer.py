"""The whole answer: https://platform.claude.com/docs/en/api/messages"""

from typing import Any, cast

from triforce_daemon.dialects import json_text
from triforce_daemon.dialects.anthropic.blocks import OWN, read_content, write_id
from triforce_daemon.dialects.anthropic.errors import error_in
from triforce_daemon.dialects.anthropic.usage import read_usage, write_usage
from triforce_daemon.dialects.canonical import Answer, FinishReason, Part, RefusalPart, ThinkingPart
from triforce_daemon.errors import InvalidRequest, UpstreamFailed

_FINISH: dict[Any, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "pause_turn": "pause",
    "refusal": "refusal",
}
_WORDS: dict[FinishReason, str] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
    "refusal": "refusal",
    "pause": "pause_turn",
    "other": "end_turn",
}


def finish_of(reason: Any) -> FinishReason:
    return _FINISH.get(reason, "other") if isinstance(reason, str) else "other"


def explanation_of(body: dict[str, Any]) -> str:
    """Why the model refused, where it says so: `stop_details` of an answer or a delta."""
    details = body.get("stop_details")
    explanation = cast(dict[str, Any], details).get("explanation") if isinstance(details, dict) else None
    return explanation if isinstance(explanation, str) else ""


def write_finish(finish: FinishReason, stop_sequence: str | None) -> dict[str, Any]:
    """`stop_reason` and what belongs to it."""
    word = "stop_sequence" if finish == "stop" and stop_sequence is not None else _WORDS[finish]
    details = {"type": "refusal", "category": None, "explanation": None} if word == "refusal" else None
    return {"stop_reason": word, "stop_sequence": stop_sequence, "stop_details": details}


def read_answer(body: dict[str, Any]) -> Answer:
    """Raises UpstreamFailed, or what the error inside it says."""
    if body.get("type") == "error":
        raise error_in(200, body)
    try:
        parts = read_content(body.get("content"), "content")
    except InvalidRequest as error:
        raise UpstreamFailed("The provider sent no answer.", "Try again, or try another model.") from error
    if explanation := explanation_of(body):
        parts.append(RefusalPart(type="refusal", text=explanation))
    stop_sequence = body.get("stop_sequence")
    return Answer(
        id=str(body.get("id") or ""),
        model=str(body.get("model") or ""),
        parts=parts,
        finish=finish_of(body.get("stop_reason")),
        usage=read_usage(body),
        stop_sequence=stop_sequence if isinstance(stop_sequence, str) else None,
    )


def write_answer(answer: Answer) -> dict[str, Any]:
    finish = answer.finish
    if finish == "stop" and any(part["type"] == "refusal" for part in answer.parts):
        finish = "refusal"
    return {
        "id": answer.id,
        "type": "message",
        "role": "assistant",
        "model": answer.model,
        "content": [block for part in answer.parts if (block := _write_part(part)) is not None],
        **write_finish(finish, answer.stop_sequence),
        "usage": write_usage(answer.usage),
    }


def _write_part(part: Part) -> dict[str, Any] | None:
    if part["type"] == "text":
        return {"type": "text", "text": part["text"]} | part.get("extras", {}).get(OWN, {}) if part["text"] else None
    if part["type"] == "refusal":
        return {"type": "text", "text": part["text"]}
    if part["type"] == "thinking":
        return _write_thinking(part)
    if part["type"] == "tool_call":
        given = json_text.embedded(part["arguments"])
        block = {"type": "tool_use", "id": write_id(part["id"]), "name": part["name"], "input": given}
        return block | part.get("extras", {}).get(OWN, {})
    if part["type"] == "foreign":
        return part["value"] if part["origin"] == OWN else None
    kind = "result" if part["type"] == "tool_result" else part["media_type"] or part["type"]
    return {"type": "text", "text": f"[{kind}: an answer in this dialect cannot hold it]"}


def _write_thinking(part: ThinkingPart) -> dict[str, Any] | None:
    """Others' signatures mean nothing here: an empty one marks thoughts that are not to be given back."""
    own = part["origin"] == OWN
    if part.get("redacted"):
        return {"type": "redacted_thinking", "data": part["signature"]} if own else None
    if not part["text"] and not own:
        return None
    return {"type": "thinking", "thinking": part["text"], "signature": (part["signature"] if own else None) or ""}
