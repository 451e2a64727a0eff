"""A script as JSON, for a header or a control route: `{"parts": [{"text": ["Hello", " there"]}], "finish": "stop"}`."""

import json
from dataclasses import asdict
from typing import Any

from tests.scriptable_upstream.json_values import listed
from tests.scriptable_upstream.script import Call, Part, Refusal, Script, Text, Thinking, Usage


class NoScript(ValueError):
    """JSON that is no script; the message says why."""


def read_script(text: str | bytes) -> Script:
    """Raises NoScript."""
    try:
        return script_of(json.loads(text))
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise NoScript(f"no script: {error}") from error


def write_script(script: Script) -> str:
    """The JSON that `read_script` reads as the same value."""
    said = {name: value for name, value in asdict(script).items() if name not in ("parts", "usage")}
    usage = {"usage": asdict(script.usage)} if script.usage else {}
    return json.dumps({"parts": [_written(part) for part in script.parts], **said, **usage})


def script_of(value: dict[str, Any]) -> Script:
    fields = dict(value)
    parts = tuple(_read(part) for part in fields.pop("parts"))
    usage = fields.pop("usage", None)
    return Script(parts, usage=Usage(**usage) if usage else None, **fields)


def _read(value: dict[str, Any]) -> Part:
    """A part is named by its first key: text, thinking, refusal (lists of pieces) or call (the tool's name)."""
    fields = dict(value)
    if "call" in fields:
        return Call(fields.pop("call"), _pieces(fields.pop("deltas")), **fields)
    if "thinking" in fields:
        return Thinking(_pieces(fields.pop("thinking")), **fields)
    if "refusal" in fields:
        return Refusal(_pieces(fields.pop("refusal")))
    return Text(_pieces(fields.pop("text")))


def _pieces(value: object) -> tuple[str, ...]:
    pieces = listed(value)
    if not all(isinstance(piece, str) for piece in pieces):
        raise TypeError("pieces are texts")
    return tuple(pieces)


def _written(part: Part) -> dict[str, Any]:
    fields = asdict(part)
    if isinstance(part, Call):
        return {"call": fields.pop("name"), **fields}
    name = {Text: "text", Thinking: "thinking", Refusal: "refusal"}[type(part)]
    return {name: fields.pop("pieces"), **fields}
