"""The conversation: items in, items out. What one side said in a row, is one message of the vocabulary."""

from typing import Any, cast

from triforce_daemon.dialects import fields, freeform
from triforce_daemon.dialects.canonical import (
    ForeignPart,
    Message,
    Part,
    TextPart,
    ThinkingPart,
    Tool,
    ToolCallPart,
    ToolResultPart,
)
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.openai_responses.names import Names, flat_name
from triforce_daemon.dialects.openai_responses.parts import OWN, read_content, write_part


def read_items(body: dict[str, Any]) -> list[Message]:
    """`instructions` and `input`. Raises InvalidRequest."""
    messages: list[Message] = []
    if instructions := fields.text(body, "instructions"):
        messages.append(Message(role="system", parts=[TextPart(type="text", text=instructions)]))
    given = body.get("input")
    if isinstance(given, str):
        messages.append(Message(role="user", parts=read_content(given, "input")))
        return messages
    names: dict[str, str] = {}
    for number, entry in enumerate(fields.entries(body, "input")):
        path = f"input[{number}]"
        _read_item(fields.as_object(entry, path), path, messages, names)
    if not messages:
        fields.refuse("input", "text, or a list of at least one item")
    return messages


def _read_item(item: dict[str, Any], path: str, messages: list[Message], names: dict[str, str]) -> None:
    kind = fields.text(item, "type", path) or "message"
    if kind == "message" and "role" in item:
        _read_message(item, path, messages)
    elif kind in ("function_call", "custom_tool_call"):
        call = _read_call(item, path, kind)
        names[call["id"]] = call["name"]
        _said(messages).append(call)
    elif kind in ("function_call_output", "custom_tool_call_output"):
        messages.append(Message(role="tool", parts=[_read_result(item, path, names)]))
    elif kind == "reasoning":
        _said(messages).append(read_reasoning(item, path))
    elif kind == "message":
        fields.refuse(f"{path}.role", "user, assistant, system or developer")
    else:
        _said(messages).append(ForeignPart(type="foreign", origin=OWN, value=item))


def _said(messages: list[Message]) -> list[Part]:
    """The parts of what the model says at this place."""
    if not messages or messages[-1]["role"] != "assistant":
        messages.append(Message(role="assistant", parts=[]))
    return messages[-1]["parts"]


def _read_message(item: dict[str, Any], path: str, messages: list[Message]) -> None:
    role = fields.needed_text(item, "role", path)
    parts = read_content(item.get("content"), f"{path}.content")
    if role == "assistant":
        phase = fields.text(item, "phase", path)
        if phase and parts and parts[0]["type"] == "text":
            parts[0]["extras"] = {OWN: {**parts[0].get("extras", {}).get(OWN, {}), "phase": phase}}
        _said(messages).extend(parts)
    elif role in ("system", "developer"):
        messages.append(Message(role="system", parts=parts))
    elif role == "user":
        messages.append(Message(role="user", parts=parts))
    else:
        fields.refuse(f"{path}.role", "user, assistant, system or developer")


def _read_call(item: dict[str, Any], path: str, kind: str) -> ToolCallPart:
    name = flat_name(fields.text(item, "namespace", path), fields.needed_text(item, "name", path))
    if kind == "custom_tool_call":
        arguments = freeform.arguments_of(fields.needed_text(item, "input", path))
    else:
        arguments = fields.text(item, "arguments", path) or ""
    return ToolCallPart(type="tool_call", id=fields.needed_text(item, "call_id", path), name=name, arguments=arguments)


def _read_result(item: dict[str, Any], path: str, names: dict[str, str]) -> ToolResultPart:
    id = fields.needed_text(item, "call_id", path)
    content = read_content(item.get("output"), f"{path}.output")
    if any(part["type"] not in ("text", "image", "file") for part in content):
        fields.refuse(f"{path}.output", "text, or a list of input_text, input_image and input_file")
    results = cast("list[TextPart]", content)
    return ToolResultPart(type="tool_result", id=id, name=names.get(id), content=[*results], failed=False)


def read_reasoning(item: dict[str, Any], path: str) -> ThinkingPart:
    """A reasoning item, its text the summary, or else the reasoning itself."""
    summary = read_content(item.get("summary") or [], f"{path}.summary")
    content = read_content(item.get("content") or [], f"{path}.content")
    texts = [part["text"] for part in summary or content if part["type"] == "text"]
    signature = fields.text(item, "encrypted_content", path)
    part = ThinkingPart(type="thinking", text="\n\n".join(texts), signature=signature, origin=OWN)
    if signature and not texts:
        part["redacted"] = True
    if id := fields.text(item, "id", path):
        part["id"] = id
    return part


def write_items(messages: list[Message], tools: list[Tool], losses: Losses) -> list[dict[str, Any]]:
    writer = _ItemWriter(Names(tools), losses)
    for message in messages:
        losses.extras(message, OWN)
        writer.write(message)
    return writer.items


class _ItemWriter:
    def __init__(self, names: Names, losses: Losses) -> None:
        self.items: list[dict[str, Any]] = []
        self._names = names
        self._losses = losses
        #: Ids of calls of tools that take free text.
        self._custom: set[str] = set()

    def write(self, message: Message) -> None:
        said: list[Part] = []
        for part in message["parts"]:
            item = self._item(part, message["role"])
            if item is None and part["type"] not in ("thinking", "tool_result"):
                said.append(part)
                continue
            self._say(message["role"], said)
            said = []
            if item is not None:
                self.items.append(item)
        self._say(message["role"], said)

    def _item(self, part: Part, role: str) -> dict[str, Any] | None:
        """The item that a part is by itself; None where it is part of a message."""
        if part["type"] == "tool_call":
            return self._call(part)
        if part["type"] == "tool_result":
            return self._result(part)
        if part["type"] == "thinking":
            return self._reasoning(part)
        if part["type"] == "foreign" and role == "assistant" and part["origin"] == OWN:
            return part["value"]
        return None

    def _say(self, role: str, parts: list[Part]) -> None:
        by_model = role == "assistant"
        written = [one for part in parts if (one := write_part(part, self._losses, by_model=by_model)) is not None]
        if not written:
            return
        item: dict[str, Any] = {"type": "message", "role": "user" if role == "tool" else role, "content": written}
        extras: dict[str, Any] = parts[0].get("extras", {}).get(OWN, {}) if by_model else {}
        if "phase" in extras:
            item["phase"] = extras["phase"]
        self.items.append(item)

    def _call(self, part: ToolCallPart) -> dict[str, Any]:
        if "signature" in part:
            self._losses.add("tool_call.signature")
        self._losses.extras(part, OWN)
        name = self._names.written(part["name"])
        if self._names.takes_text(part["name"]):
            self._custom.add(part["id"])
            text = freeform.text_of(part["arguments"])
            return {"type": "custom_tool_call", "call_id": part["id"], **name, "input": text}
        return {"type": "function_call", "call_id": part["id"], **name, "arguments": part["arguments"]}

    def _result(self, part: ToolResultPart) -> dict[str, Any]:
        if part["failed"]:
            self._losses.add("tool_result.failed")
        self._losses.extras(part, OWN)
        content = [one for piece in part["content"] if (one := write_part(piece, self._losses)) is not None]
        plain = len(content) == 1 and content[0].keys() == {"type", "text"}
        output: Any = content[0]["text"] if plain else content or ""
        kind = "custom_tool_call_output" if part["id"] in self._custom else "function_call_output"
        return {"type": kind, "call_id": part["id"], "output": output}

    def _reasoning(self, part: ThinkingPart) -> dict[str, Any] | None:
        if part["origin"] != OWN or not part["signature"]:
            # Without its encrypted form OpenAI does not take reasoning back.
            self._losses.add("messages[].thinking")
            return None
        summary = [{"type": "summary_text", "text": part["text"]}] if part["text"] else []
        item: dict[str, Any] = {"type": "reasoning", "summary": summary, "encrypted_content": part["signature"]}
        return {"id": part["id"], **item} if "id" in part else item
