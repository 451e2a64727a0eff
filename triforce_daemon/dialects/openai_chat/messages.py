"""The conversation: messages in, messages out."""

from typing import Any, cast

from triforce_daemon.dialects import fields, freeform
from triforce_daemon.dialects.canonical import (
    ImagePart,
    Message,
    Part,
    RefusalPart,
    Role,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolResultPart,
)
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.openai_chat.parts import OWN, read_content, write_content

_ROLES = "system, developer, user, assistant or tool"
_KNOWN = frozenset(
    ("role", "content", "refusal", "reasoning_content", "reasoning", "tool_calls", "function_call", "tool_call_id")
)
#: Who may say a text and nothing else.
_SPEAKERS: dict[str, Role] = {"user": "user", "system": "system", "developer": "system", "assistant": "assistant"}
_KNOWN_OF_CALL = ("id", "type", "function", "custom", "index")


def read_messages(body: dict[str, Any]) -> list[Message]:
    """`messages`. Raises InvalidRequest."""
    messages: list[Message] = []
    names: dict[str, str] = {}
    found = fields.entries(body, "messages")
    if not found:
        fields.refuse("messages", "a list of at least one message")
    for number, entry in enumerate(found):
        messages.append(_read_plain(entry) or _read_with_care(entry, f"messages[{number}]", names))
    return messages


def _read_plain(entry: fields.Json) -> Message | None:
    """A message that is a text and whose it is, as most are; None for another one, and for a wrong one."""
    if not isinstance(entry, dict) or len(entry) != 2:
        return None
    role, content = entry.get("role"), entry.get("content")
    if not isinstance(role, str) or not isinstance(content, str) or not content or role not in _SPEAKERS:
        return None
    return {"role": _SPEAKERS[role], "parts": [{"type": "text", "text": content}]}


def _read_with_care(entry: Any, path: str, names: dict[str, str]) -> Message:
    message = fields.as_object(entry, path)
    read = _read_message(message, path, names)
    if extras := _extras(message):
        read["extras"] = {OWN: extras}
    return read


def _extras(message: dict[str, Any]) -> dict[str, Any]:
    if message["role"] == "function":
        return {}
    return {name: value for name, value in message.items() if name not in _KNOWN and value not in (None, [])}


def _read_message(message: dict[str, Any], path: str, names: dict[str, str]) -> Message:
    role = fields.needed_text(message, "role", path)
    if role == "user":
        return {"role": "user", "parts": read_content(message.get("content"), f"{path}.content")}
    if role in ("system", "developer"):
        return {"role": "system", "parts": read_content(message.get("content"), f"{path}.content")}
    if role == "assistant":
        parts = _read_assistant(message, path)
        names.update((part["id"], part["name"]) for part in parts if part["type"] == "tool_call")
        return Message(role="assistant", parts=parts)
    if role in ("tool", "function"):
        return Message(role="tool", parts=[_read_result(message, path, names)])
    fields.refuse(f"{path}.role", _ROLES)


def _read_assistant(message: dict[str, Any], path: str) -> list[Part]:
    parts: list[Part] = []
    if reasoning := fields.text(message, "reasoning_content", path) or fields.text(message, "reasoning", path):
        parts.append(ThinkingPart(type="thinking", text=reasoning, signature=None, origin=OWN))
    parts += read_content(message.get("content"), f"{path}.content")
    if refusal := fields.text(message, "refusal", path):
        parts.append(RefusalPart(type="refusal", text=refusal))
    for number, call in enumerate(fields.entries(message, "tool_calls", path)):
        where = f"{path}.tool_calls[{number}]"
        parts.append(_read_call(fields.as_object(call, where), where))
    if (function := fields.mapping(message, "function_call", path)) is not None:
        name = fields.needed_text(function, "name", f"{path}.function_call")
        arguments = fields.text(function, "arguments", f"{path}.function_call") or ""
        parts.append(ToolCallPart(type="tool_call", id=f"call_{name}", name=name, arguments=arguments))
    return parts


def _read_call(call: dict[str, Any], path: str) -> ToolCallPart:
    id = fields.needed_text(call, "id", path)
    if call.get("type") == "custom":
        custom = fields.as_object(call.get("custom"), f"{path}.custom")
        name = fields.needed_text(custom, "name", f"{path}.custom")
        arguments = freeform.arguments_of(fields.needed_text(custom, "input", f"{path}.custom"))
    else:
        function = fields.as_object(call.get("function"), f"{path}.function")
        name = fields.needed_text(function, "name", f"{path}.function")
        arguments = fields.text(function, "arguments", f"{path}.function") or ""
    part = ToolCallPart(type="tool_call", id=id, name=name, arguments=arguments)
    if extras := {name: value for name, value in call.items() if name not in _KNOWN_OF_CALL and value is not None}:
        part["extras"] = {OWN: extras}
    return part


def _read_result(message: dict[str, Any], path: str, names: dict[str, str]) -> ToolResultPart:
    content = read_content(message.get("content"), f"{path}.content")
    if any(part["type"] not in ("text", "image", "file") for part in content):
        fields.refuse(f"{path}.content", "text, or a list of parts")
    if message["role"] == "function":
        name = fields.needed_text(message, "name", path)
        id = f"call_{name}"
    else:
        id = fields.needed_text(message, "tool_call_id", path)
        name = names.get(id)
    results = cast("list[TextPart | ImagePart]", content)
    return ToolResultPart(type="tool_result", id=id, name=name, content=[*results], failed=False)


def write_messages(messages: list[Message], losses: Losses) -> list[dict[str, Any]]:
    """Results first, each a message of its own; pictures in them follow as the user's: there is no better place."""
    written: list[dict[str, Any]] = []
    shown: list[Part] = []
    for message in messages:
        extras = losses.extras(message, OWN)
        results = [part for part in message["parts"] if part["type"] == "tool_result"]
        others: list[Part] = [part for part in message["parts"] if part["type"] != "tool_result"]
        written += [_write_result(part, shown, losses) for part in results]
        if not others and message["role"] == "tool":
            continue
        if shown:
            written.append({"role": "user", "content": write_content(shown, losses)})
            shown = []
        if others or not results:
            written.append(_write_message(message["role"], others, losses) | extras)
    if shown:
        written.append({"role": "user", "content": write_content(shown, losses)})
    return written


def _write_message(role: str, parts: list[Part], losses: Losses) -> dict[str, Any]:
    if role == "assistant":
        return _write_assistant(parts, losses)
    return {"role": "system" if role == "system" else "user", "content": write_content(parts, losses)}


def _write_assistant(parts: list[Part], losses: Losses) -> dict[str, Any]:
    said: list[Part] = []
    calls: list[dict[str, Any]] = []
    message: dict[str, Any] = {"role": "assistant", "content": None}
    for part in parts:
        if part["type"] == "tool_call":
            calls.append(_write_call(part, losses))
        elif part["type"] == "thinking":
            _write_thinking(part, message, losses)
        elif part["type"] in ("image", "file"):
            losses.add(f"messages[].{part['type']}")
        else:
            said.append(part)
    if said:
        message["content"] = write_content(said, losses)
    if calls:
        message["tool_calls"] = calls
    return message


def _write_thinking(part: ThinkingPart, message: dict[str, Any], losses: Losses) -> None:
    if part["origin"] == OWN:
        message["reasoning_content"] = message.get("reasoning_content", "") + part["text"]
    else:
        losses.add("messages[].thinking")


def _write_call(part: ToolCallPart, losses: Losses) -> dict[str, Any]:
    if "signature" in part:
        losses.add("tool_call.signature")
    function = {"name": part["name"], "arguments": part["arguments"]}
    return {"id": part["id"], "type": "function", "function": function, **losses.extras(part, OWN)}


def _write_result(part: ToolResultPart, shown: list[Part], losses: Losses) -> dict[str, Any]:
    if part["failed"]:
        losses.add("tool_result.failed")
    losses.extras(part, OWN)
    texts: list[Part] = []
    for one in part["content"]:
        (texts if one["type"] == "text" else shown).append(one)
    return {"role": "tool", "tool_call_id": part["id"], "content": write_content(texts, losses)}
