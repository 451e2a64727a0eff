"""The conversation: messages in, messages and system prompt out."""

from typing import Any

from triforce_daemon.dialects import fields
from triforce_daemon.dialects.anthropic.blocks import OWN, extras_of, read_content, write_blocks
from triforce_daemon.dialects.canonical import Message
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.tool_turns import apart

_KNOWN = frozenset(("role", "content"))


def read_messages(body: dict[str, Any]) -> list[Message]:
    """`system` and `messages`. A user's message that holds tool results becomes one of tools, and one of his own."""
    messages: list[Message] = []
    if body.get("system") is not None and (parts := read_content(body["system"], "system")):
        messages.append(Message(role="system", parts=parts))
    found = fields.entries(body, "messages")
    if not found:
        fields.refuse("messages", "a list of at least one message")
    names: dict[str, str] = {}
    for number, entry in enumerate(found):
        path = f"messages[{number}]"
        messages += _read_message(fields.as_object(entry, path), path, names)
    return messages


def _read_message(message: dict[str, Any], path: str, names: dict[str, str]) -> list[Message]:
    role = fields.needed_text(message, "role", path)
    if role not in ("user", "assistant", "system"):
        fields.refuse(f"{path}.role", "user, assistant or system")
    parts = read_content(message.get("content"), f"{path}.content", names)
    read = apart(parts) if role == "user" else [Message(role=role, parts=parts)]
    if len(message) > 2 and (extras := extras_of(message, _KNOWN)):
        read[-1]["extras"] = {OWN: extras}
    return read


def write_messages(messages: list[Message], losses: Losses, *, system_midway: bool) -> dict[str, Any]:
    """`messages`, and `system` where there is any. `system_midway`: the model knows that role after a user's."""
    system: list[dict[str, Any]] = []
    written: list[dict[str, Any]] = []
    for message in messages:
        blocks = write_blocks(message["parts"], losses)
        extras = losses.extras(message, OWN)
        role = _role_of(message, written, system_midway)
        if role is None:
            system += blocks
        elif written and written[-1]["role"] == role:
            written[-1]["content"] += blocks
            written[-1].update(extras)
        elif blocks:
            written.append({"role": role, "content": blocks, **extras})
    for message in written:
        message["content"] = _short(_with_results_first(message["content"]))
    return {"system": _short(system), "messages": written} if system else {"messages": written}


def _role_of(message: Message, written: list[dict[str, Any]], system_midway: bool) -> str | None:
    """None: it belongs into the system prompt."""
    if message["role"] != "system":
        return "assistant" if message["role"] == "assistant" else "user"
    return "system" if system_midway and written and written[-1]["role"] != "assistant" else None


def _with_results_first(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The results of calls must stand together, before what the user says."""
    if not any(block["type"] == "tool_result" for block in blocks):
        return blocks
    return sorted(blocks, key=lambda block: block["type"] != "tool_result")


def _short(blocks: list[dict[str, Any]]) -> str | list[dict[str, Any]]:
    if len(blocks) == 1 and blocks[0].keys() == {"type", "text"}:
        return blocks[0]["text"]
    return blocks
