"""The blocks of a message's content: https://platform.claude.com/docs/en/api/messages"""

import base64
import binascii
import re
from typing import Any, cast

from triforce_daemon.dialects import data_url, fields, json_text
from triforce_daemon.dialects.canonical import (
    FilePart,
    ForeignPart,
    ImagePart,
    Part,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolResultPart,
)
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.errors import InvalidRequest

OWN = "anthropic"

#: What the vocabulary has of each kind of block; other fields are extras.
_KNOWN = {
    "text": frozenset(("type", "text")),
    "image": frozenset(("type", "source")),
    "document": frozenset(("type", "source", "title")),
    "tool_use": frozenset(("type", "id", "name", "input")),
    "tool_result": frozenset(("type", "tool_use_id", "content", "is_error")),
}
_ID = re.compile(r"[^a-zA-Z0-9_-]")


def read_content(content: Any, path: str, names: dict[str, str] | None = None) -> list[Part]:
    """Text, or a list of blocks. `names` knows the tool of each call. Raises InvalidRequest."""
    if isinstance(content, str):
        return [TextPart(type="text", text=content)] if content else []
    calls: dict[str, str] = {} if names is None else names
    return [
        read_block(fields.as_object(block, f"{path}[{number}]"), f"{path}[{number}]", calls)
        for number, block in enumerate(fields.as_list(content, path))
    ]


def read_block(block: dict[str, Any], path: str, names: dict[str, str]) -> Part:
    kind = fields.needed_text(block, "type", path)
    if kind == "thinking":
        signature = fields.text(block, "signature", path) or None
        text = fields.needed_text(block, "thinking", path)
        return ThinkingPart(type="thinking", text=text, signature=signature, origin=OWN)
    if kind == "redacted_thinking":
        data = fields.needed_text(block, "data", path)
        return ThinkingPart(type="thinking", text="", signature=data, origin=OWN, redacted=True)
    part = _read_known(kind, block, path, names)
    if part is None:
        return ForeignPart(type="foreign", origin=OWN, value=block)
    if len(block) > 2 and (extras := extras_of(block, _KNOWN[kind])):
        part["extras"] = {OWN: {**part.get("extras", {}).get(OWN, {}), **extras}}
    return part


def extras_of(block: dict[str, Any], known: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in block.items() if name not in known and value is not None}


def _read_known(
    kind: str, block: dict[str, Any], path: str, names: dict[str, str]
) -> TextPart | ImagePart | FilePart | ToolCallPart | ToolResultPart | None:
    if kind == "text":
        return TextPart(type="text", text=fields.needed_text(block, "text", path))
    if kind == "tool_use":
        name, id = fields.needed_text(block, "name", path), fields.needed_text(block, "id", path)
        names[id] = name
        given = json_text.as_text(fields.mapping(block, "input", path) or {})
        return ToolCallPart(type="tool_call", id=id, name=name, arguments=given)
    if kind == "tool_result":
        return _read_result(block, path, names)
    if kind == "image":
        return _read_image(_source(block, path), f"{path}.source")
    if kind == "document":
        return _read_document(block, _source(block, path), path)
    return None


def _source(block: dict[str, Any], path: str) -> dict[str, Any]:
    return fields.as_object(block.get("source"), f"{path}.source")


def _read_image(source: dict[str, Any], path: str) -> ImagePart | None:
    kind = fields.needed_text(source, "type", path)
    if kind == "base64":
        media_type, data = fields.text(source, "media_type", path), fields.needed_text(source, "data", path)
        return ImagePart(type="image", media_type=media_type, data=data, url=None)
    if kind == "url":
        return ImagePart(type="image", media_type=None, data=None, url=fields.needed_text(source, "url", path))
    return None


def _read_document(block: dict[str, Any], source: dict[str, Any], path: str) -> FilePart | None:
    title, path = fields.text(block, "title", path), f"{path}.source"
    kind = fields.needed_text(source, "type", path)
    if kind == "base64":
        media_type, data = fields.text(source, "media_type", path), fields.needed_text(source, "data", path)
        return FilePart(type="file", media_type=media_type or "application/pdf", name=title, data=data, url=None)
    if kind == "text":
        data = base64.b64encode(fields.needed_text(source, "data", path).encode(errors="replace")).decode()
        return FilePart(type="file", media_type="text/plain", name=title, data=data, url=None)
    if kind == "url":
        url = fields.needed_text(source, "url", path)
        return FilePart(type="file", media_type="application/pdf", name=title, data=None, url=url)
    return None


def _read_result(block: dict[str, Any], path: str, names: dict[str, str]) -> ToolResultPart:
    id = fields.needed_text(block, "tool_use_id", path)
    content = block.get("content")
    parts = [] if content is None else read_content(content, f"{path}.content")
    kept = [part for part in parts if part["type"] in ("text", "image", "file")]
    result = ToolResultPart(
        type="tool_result",
        id=id,
        name=names.get(id),
        content=cast("list[TextPart | ImagePart | FilePart]", kept),
        failed=fields.flag(block, "is_error", path) or False,
    )
    if len(kept) < len(parts):
        result["extras"] = {OWN: {"content": content}}
    return result


def write_blocks(parts: list[Part], losses: Losses) -> list[dict[str, Any]]:
    """The parts that this dialect has; it refuses text that is empty."""
    return [block for part in parts if (block := write_block(part, losses)) is not None]


def write_block(part: Part, losses: Losses) -> dict[str, Any] | None:
    if part["type"] == "foreign":
        if part["origin"] == OWN:
            return part["value"]
        losses.add(f"messages[].{part['value'].get('type', 'part')}")
        return None
    block = _write_known(part, losses)
    if block is not None and (extras := losses.extras(part, OWN)):
        block |= extras
    return block


def _write_known(part: Part, losses: Losses) -> dict[str, Any] | None:
    if part["type"] == "text" or part["type"] == "refusal":
        return {"type": "text", "text": part["text"]} if part["text"] else None
    if part["type"] == "thinking":
        return _write_thinking(part, losses)
    if part["type"] == "tool_call":
        return _write_call(part, losses)
    if part["type"] == "tool_result":
        return _write_result(part, losses)
    if part["type"] == "image":
        return _write_image(part, losses)
    return _write_document(part, losses) if part["type"] == "file" else None


def _write_thinking(part: ThinkingPart, losses: Losses) -> dict[str, Any] | None:
    """Only what Claude itself thought and signed is accepted."""
    if part["origin"] != OWN or not part["signature"]:
        losses.add("messages[].thinking")
        return None
    if part.get("redacted"):
        return {"type": "redacted_thinking", "data": part["signature"]}
    return {"type": "thinking", "thinking": part["text"], "signature": part["signature"]}


def write_id(id: str) -> str:
    """The id of a call, in the letters that this dialect allows."""
    return _ID.sub("_", id) or "_"


def _write_call(part: ToolCallPart, losses: Losses) -> dict[str, Any]:
    if "signature" in part:
        losses.add("tool_call.signature")
    given = json_text.embedded(part["arguments"])
    return {"type": "tool_use", "id": write_id(part["id"]), "name": part["name"], "input": given}


def _write_result(part: ToolResultPart, losses: Losses) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "tool_result", "tool_use_id": write_id(part["id"])}
    content = write_blocks([*part["content"]], losses)
    if len(content) == 1 and content[0].keys() == {"type", "text"}:
        block["content"] = content[0]["text"]
    elif content:
        block["content"] = content
    if part["failed"]:
        block["is_error"] = True
    return block


def _write_image(part: ImagePart, losses: Losses) -> dict[str, Any]:
    if part.get("detail", "auto") != "auto":
        losses.add("image.detail")
    if (data := part["data"]) is None:
        return {"type": "image", "source": {"type": "url", "url": part["url"]}}
    media_type = part["media_type"] or data_url.image_type(data)
    return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}}


def _write_document(part: FilePart, losses: Losses) -> dict[str, Any] | None:
    """PDF and text; there are no others."""
    data, media_type = part["data"], part["media_type"] or "application/pdf"
    if data is not None and media_type == "application/pdf":
        source = {"type": "base64", "media_type": media_type, "data": data}
    elif data is not None and media_type.startswith(("text/", "application/json")):
        source = {"type": "text", "media_type": "text/plain", "data": _text_in(data)}
    elif part["url"] is not None:
        source = {"type": "url", "url": part["url"]}
    else:
        losses.add("messages[].file")
        return None
    return {"type": "document", "source": source} | ({"title": part["name"]} if part["name"] else {})


def _text_in(data: str) -> str:
    try:
        return base64.b64decode(data, validate=True).decode()
    except (binascii.Error, ValueError):
        raise InvalidRequest("A text file's data must be base64 of UTF-8.") from None
