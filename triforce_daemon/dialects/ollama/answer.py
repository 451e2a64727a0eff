"""The whole answer, which is also what a line of a stream looks like: https://docs.ollama.com/api/chat"""

import hashlib
from datetime import UTC, datetime
from typing import Any, cast

import orjson

from triforce_daemon.dialects import data_url, json_text
from triforce_daemon.dialects.canonical import (
    Answer,
    FinishReason,
    ImagePart,
    Part,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    Usage,
)
from triforce_daemon.dialects.figures import count
from triforce_daemon.dialects.ollama.errors import error_in
from triforce_daemon.dialects.ollama.messages import OWN
from triforce_daemon.errors import UpstreamFailed


def made_id(body: dict[str, Any]) -> str:
    """An id for an answer that has none: the same each time, and another one for each answer."""
    created = body.get("created_at")
    digits = "".join(filter(str.isalnum, created)) if isinstance(created, str) else ""
    return f"ollama-{digits or hashlib.blake2b(orjson.dumps(body), digest_size=8).hexdigest()}"


def read_call(call: Any, answer: str, number: int) -> ToolCallPart:
    """`number`: counts the calls of the answer; ids are made of it where the upstream gives none."""
    known = cast(dict[str, Any], call) if isinstance(call, dict) else {}
    found = known.get("function")
    function = cast(dict[str, Any], found) if isinstance(found, dict) else {}
    arguments = function.get("arguments")
    return ToolCallPart(
        type="tool_call",
        id=str(known.get("id") or f"call_{number}_{answer.removeprefix('ollama-')}"),
        name=str(function.get("name") or ""),
        arguments=arguments if isinstance(arguments, str) else json_text.as_text(arguments or {}),
    )


def read_answer(body: dict[str, Any]) -> Answer:
    """Raises UpstreamFailed, or what the error inside it says."""
    message = body.get("message")
    if not isinstance(message, dict):
        if body.get("error"):
            raise error_in(500, body)
        raise UpstreamFailed("The provider sent no answer.", "Try again, or try another model.")
    id = made_id(body)
    parts = _read_message(cast(dict[str, Any], message), id)
    return Answer(
        id=id,
        model=str(body.get("model") or ""),
        parts=parts,
        finish=finish_of(body.get("done_reason"), called=any(part["type"] == "tool_call" for part in parts)),
        usage=read_usage(body),
    )


def _read_message(message: dict[str, Any], id: str) -> list[Part]:
    parts: list[Part] = []
    if isinstance(thinking := message.get("thinking"), str) and thinking:
        parts.append(ThinkingPart(type="thinking", text=thinking, signature=None, origin=OWN))
    if isinstance(content := message.get("content"), str) and content:
        parts.append(TextPart(type="text", text=content))
    images = message.get("images")
    for data in cast(list[Any], images) if isinstance(images, list) else []:
        if isinstance(data, str):
            parts.append(ImagePart(type="image", media_type=data_url.image_type(data), data=data, url=None))
    calls = message.get("tool_calls")
    for number, call in enumerate(cast(list[Any], calls) if isinstance(calls, list) else []):
        parts.append(read_call(call, id, number))
    return parts


def finish_of(reason: Any, *, called: bool) -> FinishReason:
    """Ollama says "stop" where tools are called."""
    if reason == "length":
        return "length"
    if reason in ("stop", "tool_calls", None):
        return "tool_calls" if called else "stop"
    return "other"


def read_usage(body: dict[str, Any]) -> Usage | None:
    """None where it carries none; a prompt that was cached whole is not counted."""
    if body.get("prompt_eval_count") is None and body.get("eval_count") is None:
        return None
    return Usage(input_tokens=count(body, "prompt_eval_count"), output_tokens=count(body, "eval_count"))


def write_usage(usage: Usage | None) -> dict[str, Any]:
    if usage is None:
        return {}
    return {"prompt_eval_count": usage["input_tokens"], "eval_count": usage["output_tokens"]}


def done_reason(finish: FinishReason) -> str:
    return "length" if finish == "length" else "stop"


def timestamp(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def durations(total: float, prompt: float) -> dict[str, int]:
    """In nanoseconds: `total` seconds, of which `prompt` went by before the first token."""
    return {
        "total_duration": int(total * 1e9),
        "load_duration": 0,
        "prompt_eval_duration": int(prompt * 1e9),
        "eval_duration": max(1, int((total - prompt) * 1e9)),
    }


def write_message(parts: list[Part]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": ""}
    for part in parts:
        if part["type"] == "text" or part["type"] == "refusal":
            message["content"] += part["text"]
        elif part["type"] == "thinking" and part["text"]:
            message["thinking"] = message.get("thinking", "") + part["text"]
        elif part["type"] == "image" and part["data"] is not None:
            message.setdefault("images", []).append(part["data"])
        elif part["type"] == "tool_call":
            calls = message.setdefault("tool_calls", [])
            function = {"index": len(calls), "name": part["name"], "arguments": json_text.embedded(part["arguments"])}
            calls.append({"id": part["id"], "function": function})
    return message


def write_answer(answer: Answer, now: float) -> dict[str, Any]:
    return {
        "model": answer.model,
        "created_at": timestamp(now),
        "message": write_message(answer.parts),
        "done": True,
        "done_reason": done_reason(answer.finish),
        **durations(0, 0),
        **write_usage(answer.usage),
    }
