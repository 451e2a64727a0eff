"""The whole answer: https://platform.openai.com/docs/api-reference/chat/object"""

from typing import Any, cast

from triforce_daemon.dialects import fields, freeform
from triforce_daemon.dialects.canonical import (
    Answer,
    FinishReason,
    Part,
    RefusalPart,
    Request,
    TextPart,
    ThinkingPart,
    ToolCallPart,
)
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.openai_chat.parts import OWN, read_part, write_part
from triforce_daemon.dialects.openai_chat.usage import read_usage, write_usage
from triforce_daemon.dialects.openai_error import error_in
from triforce_daemon.errors import InvalidRequest, UpstreamFailed

_FINISH: dict[Any, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "model_length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
}


def finish_of(reason: Any, *, called: bool, refused: bool) -> FinishReason:
    """`called`: the answer holds a tool call; some upstreams say "stop" all the same. `refused`: it holds a refusal."""
    finish = _FINISH.get(reason, "other") if isinstance(reason, str) else "other"
    if finish == "stop" and called:
        return "tool_calls"
    return "refusal" if finish == "stop" and refused else finish


def finish_word(finish: FinishReason, *, refused: bool) -> str:
    """`refused`: the refusal was told in words, which OpenAI counts as an ordinary end."""
    if finish == "refusal":
        return "stop" if refused else "content_filter"
    return finish if finish in ("length", "tool_calls", "content_filter") else "stop"


def read_answer(body: dict[str, Any]) -> Answer:
    """Raises UpstreamFailed, or what the error inside it says."""
    message, choice = _first_choice(body)
    id = str(body.get("id") or "")
    parts = _read_message(message, id)
    called = any(part["type"] == "tool_call" for part in parts)
    refused = any(part["type"] == "refusal" for part in parts)
    return Answer(
        id=id,
        model=str(body.get("model") or ""),
        parts=parts,
        finish=finish_of(choice.get("finish_reason"), called=called, refused=refused),
        usage=read_usage(body),
    )


def _first_choice(body: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    choices = body.get("choices")
    choice = cast(list[Any], choices)[0] if isinstance(choices, list) and choices else None
    message = cast(dict[str, Any], choice).get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        if body.get("error"):
            raise error_in(200, body)
        raise UpstreamFailed("The provider sent no answer.", "Try again, or try another model.")
    return cast(dict[str, Any], message), cast(dict[str, Any], choice)


def made_id(answer: str, number: int) -> str:
    """For a call that the upstream gave none: the same each time, and another one in each answer."""
    return f"call_{number}_{answer}"


def _read_message(message: dict[str, Any], id: str) -> list[Part]:
    parts: list[Part] = []
    reasoning = message.get("reasoning_content") or message.get("reasoning")
    if isinstance(reasoning, str) and reasoning:
        parts.append(ThinkingPart(type="thinking", text=reasoning, signature=None, origin=OWN))
    parts += read_pieces(message.get("content"))
    if isinstance(refusal := message.get("refusal"), str) and refusal:
        parts.append(RefusalPart(type="refusal", text=refusal))
    parts += _read_images(message.get("images"))
    calls = message.get("tool_calls")
    for number, call in enumerate(cast(list[Any], calls) if isinstance(calls, list) else []):
        if isinstance(call, dict):
            parts.append(_read_call(cast(dict[str, Any], call), made_id(id, number)))
    if isinstance(function := message.get("function_call"), dict):
        parts.append(_read_call({"function": function}, made_id(id, 0)))
    return parts


def read_pieces(content: Any) -> list[Part]:
    """`content` as text, or as Mistral's list of text and thinking: https://docs.mistral.ai/capabilities/reasoning"""
    if isinstance(content, str):
        return [TextPart(type="text", text=content)] if content else []
    parts: list[Part] = []
    for piece in cast(list[Any], content) if isinstance(content, list) else []:
        one = cast(dict[str, Any], piece) if isinstance(piece, dict) else {}
        if isinstance(text := one.get("text"), str) and text:
            parts.append(TextPart(type="text", text=text))
        elif one.get("type") == "thinking":
            said = "".join(part["text"] for part in read_pieces(one.get("thinking")) if part["type"] == "text")
            parts.append(ThinkingPart(type="thinking", text=said, signature=None, origin=OWN))
    return parts


def _read_images(images: Any) -> list[Part]:
    """As OpenRouter gives them: https://openrouter.ai/docs/guides/overview/multimodal/image-generation"""
    parts: list[Part] = []
    for image in cast(list[Any], images) if isinstance(images, list) else []:
        try:
            parts.append(read_part(fields.as_object(image, "images"), "images"))
        except InvalidRequest as error:
            raise UpstreamFailed("The provider sent a picture that is none.", "Try again.") from error
    return parts


def _read_call(call: dict[str, Any], id: str) -> ToolCallPart:
    known = call.get("custom") if call.get("type") == "custom" else call.get("function")
    called = cast(dict[str, Any], known) if isinstance(known, dict) else {}
    text = called.get("input") if call.get("type") == "custom" else called.get("arguments")
    arguments = text if isinstance(text, str) else ""
    return ToolCallPart(
        type="tool_call",
        id=str(call.get("id") or id),
        name=str(called.get("name") or ""),
        arguments=freeform.arguments_of(arguments) if call.get("type") == "custom" else arguments,
    )


def write_answer(answer: Answer, request: Request, created: int) -> dict[str, Any]:
    freeforms = {tool["name"] for tool in request.tools if "freeform" in tool}
    message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
    calls: list[dict[str, Any]] = []
    for part in answer.parts:
        if part["type"] == "text":
            message["content"] = (message["content"] or "") + part["text"]
        elif part["type"] == "thinking" and part["text"]:
            message["reasoning_content"] = message.get("reasoning_content", "") + part["text"]
        elif part["type"] == "refusal":
            message["refusal"] = (message["refusal"] or "") + part["text"]
        elif part["type"] == "tool_call":
            calls.append(_write_call(part, part["name"] in freeforms))
        elif part["type"] == "image":
            message.setdefault("images", []).append(write_part(part, Losses()))
    if calls:
        message["tool_calls"] = calls
    reason = finish_word(answer.finish, refused=message["refusal"] is not None)
    body: dict[str, Any] = {
        "id": answer.id,
        "object": "chat.completion",
        "created": created,
        "model": answer.model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": reason}],
    }
    if answer.usage is not None:
        body["usage"] = write_usage(answer.usage)
    return body


def _write_call(part: ToolCallPart, is_freeform: bool) -> dict[str, Any]:
    if is_freeform:
        custom = {"name": part["name"], "input": freeform.text_of(part["arguments"])}
        return {"id": part["id"], "type": "custom", "custom": custom}
    function = {"name": part["name"], "arguments": part["arguments"]}
    return {"id": part["id"], "type": "function", "function": function}
