"""The conversation: contents in, contents and system instruction out."""

from typing import Any

from triforce_daemon.dialects import fields
from triforce_daemon.dialects.canonical import Message, Part, ToolCallPart, ToolResultPart
from triforce_daemon.dialects.gemini.models import Abilities
from triforce_daemon.dialects.gemini.names import camel_mapping, camel_object
from triforce_daemon.dialects.gemini.parts import OWN, read_part, write_part, write_parts
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.tool_turns import apart

#: In place of the signature of a call that another model made, as the documentation has it:
#: https://ai.google.dev/gemini-api/docs/thought-signatures#faqs
UNSIGNED = "skip_thought_signature_validator"


class _Calls:
    """Which calls wait for their results: many clients send neither with an id."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str, str]] = []

    def begin(self, call: ToolCallPart, made: str) -> None:
        call["id"] = call["id"] or made
        self._waiting.append((call["id"], call["name"]))

    def end(self, result: ToolResultPart, made: str) -> None:
        """By its id, else the first call of that name, else the first call."""
        found = self._waiting
        by_id = [one for one in found if one[0] == result["id"]]
        by_name = [one for one in found if one[1] == result["name"]]
        call = next(iter(by_id or by_name or ([] if result["id"] else found)), None)
        if call is None:
            result["id"] = result["id"] or made
        else:
            found.remove(call)
            result["id"] = call[0]


def read_contents(body: dict[str, Any]) -> list[Message]:
    """`systemInstruction` and `contents`. A user's content that holds results becomes one of tools, and one of his."""
    messages: list[Message] = []
    if (system := camel_mapping(body, "systemInstruction")) is not None:
        parts = _read_parts(system, "systemInstruction")
        if parts:
            messages.append(Message(role="system", parts=parts))
    found = fields.entries(body, "contents")
    if not found:
        fields.refuse("contents", "a list of at least one content")
    calls = _Calls()
    for number, entry in enumerate(found):
        path = f"contents[{number}]"
        messages += _read_content(camel_object(entry, path), path, number, calls)
    return messages


def _read_content(content: dict[str, Any], path: str, number: int, calls: _Calls) -> list[Message]:
    role = fields.text(content, "role", path) or "user"
    if role not in ("user", "model", "function"):
        fields.refuse(f"{path}.role", "user or model")
    parts = _read_parts(content, path)
    for place, part in enumerate(parts):
        if part["type"] == "tool_call":
            calls.begin(part, f"call_{number}_{place}")
        elif part["type"] == "tool_result":
            calls.end(part, f"call_{number}_{place}")
    return [Message(role="assistant", parts=parts)] if role == "model" else apart(parts)


def _read_parts(content: dict[str, Any], path: str) -> list[Part]:
    return [
        read_part(camel_object(part, f"{path}.parts[{number}]"), f"{path}.parts[{number}]")
        for number, part in enumerate(fields.entries(content, "parts", path))
    ]


def write_contents(messages: list[Message], model: Abilities, losses: Losses) -> dict[str, Any]:
    """`contents`, and `systemInstruction` where there is any."""
    system: list[dict[str, Any]] = []
    written: list[dict[str, Any]] = []
    names = _names(messages)
    current = max((place for place, message in enumerate(messages) if message["role"] == "user"), default=-1)
    last = ""
    for place, message in enumerate(messages):
        role = message["role"]
        losses.extras(message, OWN)
        if role == "tool":
            parts = _write_results(message["parts"], names, model, losses)
        else:
            parts = write_parts(message["parts"], losses)
        if role == "assistant" and model.signed_calls and place > current:
            _sign(parts)
        if role == "system":
            system += parts
        elif parts and role == last == "tool":
            # The results of calls that were made together must stand together.
            written[-1]["parts"] += parts
        elif parts:
            written.append({"role": "model" if role == "assistant" else "user", "parts": parts})
            last = role
    return {"contents": written} | ({"systemInstruction": {"parts": system}} if system else {})


def _names(messages: list[Message]) -> dict[str, str]:
    """The tool of each call: some dialects do not tell it with the result."""
    return {
        part["id"]: part["name"] for message in messages for part in message["parts"] if part["type"] == "tool_call"
    }


def _write_results(parts: list[Part], names: dict[str, str], model: Abilities, losses: Losses) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for part in parts:
        if part["type"] == "tool_result":
            part = part.copy()
            part["name"] = part["name"] or names.get(part["id"])
        written = write_part(part, losses)
        if written is None:
            continue
        results.append(written)
        media = _media(part, losses)
        if media and model.media_in_results:
            written["functionResponse"]["parts"] = media
        else:
            others += media
    return results + others


def _media(part: Part, losses: Losses) -> list[dict[str, Any]]:
    if part["type"] != "tool_result":
        return []
    return write_parts([one for one in part["content"] if one["type"] != "text"], losses)


def _sign(parts: list[dict[str, Any]]) -> None:
    """The first call of each step of the current turn must be signed; later ones need not."""
    first = next((part for part in parts if "functionCall" in part), None)
    if first is not None:
        first.setdefault("thoughtSignature", UNSIGNED)
