"""The whole answer: https://platform.openai.com/docs/api-reference/responses/object"""

from typing import Any, cast

import orjson

from triforce_daemon.dialects import data_url, freeform
from triforce_daemon.dialects.canonical import (
    Answer,
    FinishReason,
    ImagePart,
    Part,
    RefusalPart,
    Request,
    TextPart,
    ThinkingPart,
    ToolCallPart,
)
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.openai_error import error_in
from triforce_daemon.dialects.openai_responses.names import Names, flat_name
from triforce_daemon.dialects.openai_responses.parts import OWN
from triforce_daemon.dialects.openai_responses.tools import write_choice, write_format, write_tools
from triforce_daemon.dialects.openai_responses.usage import read_usage, write_usage
from triforce_daemon.errors import UpstreamFailed


def read_answer(body: dict[str, Any]) -> Answer:
    """Raises UpstreamFailed, or what the error inside it says."""
    output = body.get("output")
    if body.get("error") or body.get("status") == "failed":
        raise error_in(200, body)
    if not isinstance(output, list):
        raise UpstreamFailed("The provider sent no answer.", "Try again, or try another model.")
    parts: list[Part] = []
    for item in cast(list[Any], output):
        if isinstance(item, dict):
            parts += read_item(cast(dict[str, Any], item))
    return Answer(
        id=str(body.get("id") or ""),
        model=str(body.get("model") or ""),
        parts=parts,
        finish=finish_of(body, {part["type"] for part in parts}),
        usage=read_usage(body),
    )


def finish_of(response: dict[str, Any], kinds: set[str]) -> FinishReason:
    """`kinds`: of the parts that the answer has."""
    if response.get("status") == "incomplete":
        details = response.get("incomplete_details")
        reason: Any = cast(dict[str, Any], details).get("reason") if isinstance(details, dict) else None
        if reason == "max_output_tokens":
            return "length"
        return "content_filter" if reason == "content_filter" else "other"
    if "tool_call" in kinds:
        return "tool_calls"
    return "refusal" if "refusal" in kinds else "stop"


def read_item(item: dict[str, Any]) -> list[Part]:
    """The parts of one item of the output; none where it is of a kind that only OpenAI's own tools have."""
    kind = item.get("type")
    if kind == "message":
        return _read_message(item)
    if kind == "reasoning":
        return [_read_reasoning(item)]
    if kind in ("function_call", "custom_tool_call"):
        return [read_call(item)]
    if kind == "image_generation_call" and isinstance(data := item.get("result"), str):
        return [ImagePart(type="image", media_type=data_url.image_type(data), data=data, url=None)]
    return []


def _read_message(item: dict[str, Any]) -> list[Part]:
    parts: list[Part] = []
    content = item.get("content")
    for entry in cast(list[Any], content) if isinstance(content, list) else []:
        piece = cast(dict[str, Any], entry) if isinstance(entry, dict) else {}
        if isinstance(text := piece.get("text"), str) and text:
            parts.append(TextPart(type="text", text=text))
        elif isinstance(refusal := piece.get("refusal"), str) and refusal:
            parts.append(RefusalPart(type="refusal", text=refusal))
    return parts


def _read_reasoning(item: dict[str, Any]) -> ThinkingPart:
    signature = item.get("encrypted_content")
    text = reasoning_text(item)
    part = ThinkingPart(
        type="thinking", text=text, signature=signature if isinstance(signature, str) else None, origin=OWN
    )
    if part["signature"] and not text:
        part["redacted"] = True
    if isinstance(id := item.get("id"), str):
        part["id"] = id
    return part


def reasoning_text(item: dict[str, Any]) -> str:
    """The summary, or else the reasoning itself."""
    for name in ("summary", "content"):
        pieces = item.get(name)
        found = cast(list[Any], pieces) if isinstance(pieces, list) else []
        texts = [str(cast(dict[str, Any], piece).get("text") or "") for piece in found if isinstance(piece, dict)]
        if any(texts):
            return "\n\n".join(texts)
    return ""


def read_call(item: dict[str, Any]) -> ToolCallPart:
    namespace = item.get("namespace")
    return ToolCallPart(
        type="tool_call",
        id=str(item.get("call_id") or item.get("id") or ""),
        name=flat_name(namespace if isinstance(namespace, str) else None, str(item.get("name") or "")),
        arguments=call_arguments(item),
    )


def call_arguments(item: dict[str, Any]) -> str:
    """The arguments of a call, also of a tool that takes free text."""
    if item.get("type") == "custom_tool_call":
        return freeform.arguments_of(str(item.get("input") or ""))
    arguments = item.get("arguments")
    return arguments if isinstance(arguments, str) else ""


def write_answer(answer: Answer, request: Request, created: int) -> dict[str, Any]:
    names = Names(request.tools)
    items = [item for number, part in enumerate(answer.parts) if (item := write_item(part, number, answer.id, names))]
    body = skeleton(request, answer.id, answer.model, created)
    told = any(part["type"] == "refusal" for part in answer.parts)
    return (
        body
        | ending(answer.finish, told=told, created=created)
        | {
            "output": items,
            "usage": write_usage(answer.usage) if answer.usage is not None else None,
        }
    )


def ending(finish: FinishReason, *, told: bool, created: int) -> dict[str, Any]:
    """How it ended. `told`: a refusal was told in words, which OpenAI counts as an ordinary end."""
    if finish == "length":
        reason = "max_output_tokens"
    elif finish == "content_filter" or (finish == "refusal" and not told):
        reason = "content_filter"
    else:
        return {"status": "completed", "completed_at": created}
    return {"status": "incomplete", "incomplete_details": {"reason": reason}}


def skeleton(request: Request, id: str, model: str, created: int) -> dict[str, Any]:
    """A response that has just begun: what was asked, and no output yet."""
    extras = request.extras.get(OWN, {})
    thinking = request.thinking or {}
    tools: Any = write_tools(request.tools, Losses())
    choice = request.tool_choice
    return {
        "id": id,
        "object": "response",
        "created_at": created,
        "status": "in_progress",
        "background": False,
        "completed_at": None,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": request.max_tokens,
        "model": model,
        "output": [],
        "parallel_tool_calls": request.parallel_tool_calls is not False,
        "previous_response_id": extras.get("previous_response_id"),
        "reasoning": {
            "effort": thinking.get("effort"),
            "summary": extras.get("reasoning.summary", "auto" if thinking.get("visible") else None),
        },
        "store": extras.get("store") is True,
        "temperature": request.temperature,
        "text": {"format": write_format(request.output or {"type": "text"})},
        "tool_choice": write_choice(choice, request.tools) if choice is not None else "auto",
        "tools": tools,
        "top_p": request.top_p,
        "truncation": "disabled",
        "usage": None,
        "user": request.user,
        "metadata": extras.get("metadata") or {},
    }


def item_id(prefix: str, answer: str, number: int) -> str:
    """Stable, and with the beginning that OpenAI looks for when it gets the item back."""
    return f"{prefix}_{answer.removeprefix('resp_')}_{number}"


def write_item(part: Part, number: int, answer: str, names: Names) -> dict[str, Any] | None:
    """The item of the output that one part of the answer is."""
    if part["type"] == "text":
        return message_item(item_id("msg", answer, number), text_content(part["text"]))
    if part["type"] == "refusal":
        return message_item(item_id("msg", answer, number), {"type": "refusal", "refusal": part["text"]})
    if part["type"] == "thinking":
        signature = part["signature"] if part["origin"] == OWN else None
        if not signature and not part["text"]:
            return None
        id = part["id"] if signature and "id" in part else item_id("rs", answer, number)
        return reasoning_item(id, part["text"], signature)
    if part["type"] == "tool_call":
        return call_item(part, number, answer, names)
    if part["type"] == "image" and part["data"] is not None:
        id = item_id("ig", answer, number)
        return {"id": id, "type": "image_generation_call", "status": "completed", "result": part["data"]}
    return None


def text_content(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def message_item(id: str, *content: dict[str, Any], status: str = "completed") -> dict[str, Any]:
    return {"id": id, "type": "message", "status": status, "role": "assistant", "content": list(content)}


def reasoning_item(id: str, text: str, signature: str | None) -> dict[str, Any]:
    summary = [{"type": "summary_text", "text": text}] if text else []
    item: dict[str, Any] = {"id": id, "type": "reasoning", "summary": summary}
    return item | {"encrypted_content": signature} if signature else item


def call_item(part: ToolCallPart, number: int, answer: str, names: Names) -> dict[str, Any]:
    name = names.written(part["name"])
    if names.takes_text(part["name"]):
        kind, id = {"type": "custom_tool_call", "status": "completed"}, item_id("ctc", answer, number)
        return {"id": id, **kind, "call_id": part["id"], **name, "input": freeform.text_of(part["arguments"])}
    kind, id = {"type": "function_call", "status": "completed"}, item_id("fc", answer, number)
    return {"id": id, **kind, "call_id": part["id"], **name, "arguments": part["arguments"]}


def packed_tools(response: dict[str, Any]) -> dict[str, Any]:
    """The same response, its tools dumped once: they are large, and a stream repeats them."""
    return response | {"tools": orjson.Fragment(orjson.dumps(response["tools"]))}
