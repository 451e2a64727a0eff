"""The conversation: messages in, messages out. Older clients give calls no ids; they go by order and name."""

from typing import Any

from triforce_daemon.dialects import data_url, fields, json_text
from triforce_daemon.dialects.canonical import (
    DialectName,
    ImagePart,
    Message,
    Part,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolResultPart,
)
from triforce_daemon.dialects.losses import Losses

OWN: DialectName = "ollama"
_KNOWN = frozenset(("role", "content", "thinking", "images", "tool_calls", "tool_name", "tool_call_id"))


def read_messages(body: dict[str, Any]) -> list[Message]:
    """`messages`. Raises InvalidRequest."""
    reader = _MessageReader()
    for number, entry in enumerate(fields.entries(body, "messages")):
        reader.read(fields.as_object(entry, f"messages[{number}]"), f"messages[{number}]")
    if not reader.messages:
        fields.refuse("messages", "a list of at least one message")
    return reader.messages


class _MessageReader:
    def __init__(self) -> None:
        self.messages: list[Message] = []
        #: Calls that wait for their results, in their order; and how many there have been.
        self._open: list[ToolCallPart] = []
        self._calls = 0

    def read(self, message: dict[str, Any], path: str) -> None:
        role = fields.needed_text(message, "role", path).lower()
        if role == "assistant":
            read = Message(role="assistant", parts=self._assistant(message, path))
        elif role == "tool":
            read = Message(role="tool", parts=[self._result(message, path)])
        elif role == "system":
            read = Message(role="system", parts=_content(message, path))
        elif role == "user":
            read = Message(role="user", parts=[*_content(message, path), *read_images(message, path)])
        else:
            fields.refuse(f"{path}.role", "system, user, assistant or tool")
        extras = {name: value for name, value in message.items() if name not in _KNOWN and value is not None}
        if extras:
            read["extras"] = {OWN: extras}
        self.messages.append(read)

    def _assistant(self, message: dict[str, Any], path: str) -> list[Part]:
        parts: list[Part] = []
        if thinking := fields.text(message, "thinking", path):
            parts.append(ThinkingPart(type="thinking", text=thinking, signature=None, origin=OWN))
        parts += _content(message, path)
        for number, entry in enumerate(fields.entries(message, "tool_calls", path)):
            where = f"{path}.tool_calls[{number}]"
            parts.append(self._call(fields.as_object(entry, where), where))
        return parts

    def _call(self, call: dict[str, Any], path: str) -> ToolCallPart:
        function = fields.as_object(call.get("function"), f"{path}.function")
        arguments = function.get("arguments")
        part = ToolCallPart(
            type="tool_call",
            id=fields.text(call, "id", path) or f"call_{self._calls}",
            name=fields.needed_text(function, "name", f"{path}.function"),
            # Some clients send the text that OpenAI has here.
            arguments=arguments
            if isinstance(arguments, str)
            else json_text.as_text(fields.mapping(function, "arguments", f"{path}.function") or {}),
        )
        self._calls += 1
        self._open.append(part)
        return part

    def _result(self, message: dict[str, Any], path: str) -> ToolResultPart:
        id = fields.text(message, "tool_call_id", path)
        name = fields.text(message, "tool_name", path)
        call = self._answered(id, name)
        content: list[Any] = [*_content(message, path), *read_images(message, path)]
        return ToolResultPart(
            type="tool_result",
            id=id or (call["id"] if call else f"call_{self._calls}"),
            name=name or (call["name"] if call else None),
            content=content,
            failed=False,
        )

    def _answered(self, id: str | None, name: str | None) -> ToolCallPart | None:
        """The call that a result belongs to: by its id; without one, the first open call of its name, or of all."""
        found = next((call for call in self._open if id and call["id"] == id), None)
        if found is None and not id:
            found = next((call for call in self._open if call["name"] == name), None)
            found = found or next((call for call in self._open if not name), None)
        if found is not None:
            self._open.remove(found)
        return found


def _content(message: dict[str, Any], path: str) -> list[Part]:
    text = fields.text(message, "content", path)
    return [TextPart(type="text", text=text)] if text else []


def read_images(body: dict[str, Any], path: str) -> list[Part]:
    """`images`: base64 that does not say what kind of picture it is."""
    parts: list[Part] = []
    for number, entry in enumerate(fields.entries(body, "images", path)):
        image = fields.as_text(entry, fields.place(path, f"images[{number}]"))
        data = data_url.read(image)
        base64 = data.base64 if data else image
        parts.append(ImagePart(type="image", media_type=data_url.image_type(base64), data=base64, url=None))
    return parts


def write_messages(messages: list[Message], losses: Losses) -> list[dict[str, Any]]:
    names = {part["id"]: part["name"] for said in messages for part in said["parts"] if part["type"] == "tool_call"}
    written: list[dict[str, Any]] = []
    for message in messages:
        extras = losses.extras(message, OWN)
        others: list[Part] = []
        for part in message["parts"]:
            if part["type"] == "tool_result":
                written.append(_write_result(part, names, losses) | extras)
            else:
                others.append(part)
        if others or not message["parts"]:
            role = "user" if message["role"] == "tool" else message["role"]
            written.append(_write_parts(role, others, losses) | extras)
    return written


def _write_parts(role: str, parts: list[Part], losses: Losses) -> dict[str, Any]:
    texts: list[str] = []
    message: dict[str, Any] = {"role": role, "content": ""}
    for part in parts:
        losses.extras(part, OWN)
        if part["type"] == "text" or part["type"] == "refusal":
            texts.append(part["text"])
        elif part["type"] == "image":
            _write_image(part, message, losses)
        elif part["type"] == "thinking":
            _write_thinking(part, message, losses)
        elif part["type"] == "tool_call":
            message.setdefault("tool_calls", []).append(_write_call(part, losses))
        else:
            losses.add(str(part["value"].get("type", "part")) if part["type"] == "foreign" else part["type"])
    # What a client sends in several parts is several paragraphs; what a model said, one text.
    message["content"] = ("" if role == "assistant" else "\n\n").join(texts)
    return message


def _write_image(part: ImagePart, message: dict[str, Any], losses: Losses) -> None:
    if part["data"] is None:
        losses.add("image.url")
    else:
        message.setdefault("images", []).append(part["data"])


def _write_thinking(part: ThinkingPart, message: dict[str, Any], losses: Losses) -> None:
    if part["origin"] == OWN:
        message["thinking"] = message.get("thinking", "") + part["text"]
    else:
        losses.add("messages[].thinking")


def _write_call(part: ToolCallPart, losses: Losses) -> dict[str, Any]:
    if "signature" in part:
        losses.add("tool_call.signature")
    function = {"name": part["name"], "arguments": json_text.embedded(part["arguments"])}
    return {"id": part["id"], "function": function}


def _write_result(part: ToolResultPart, names: dict[str, str], losses: Losses) -> dict[str, Any]:
    if part["failed"]:
        losses.add("tool_result.failed")
    losses.extras(part, OWN)
    content: list[Part] = [*part["content"]]
    message = _write_parts("tool", content, losses)
    if (name := part["name"] or names.get(part["id"])) is not None:
        message["tool_name"] = name
    return message | {"tool_call_id": part["id"]}
