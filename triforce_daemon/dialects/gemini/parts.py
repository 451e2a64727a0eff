"""The parts of a content: https://ai.google.dev/api/caching#Part"""

from typing import Any, cast

import orjson

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
from triforce_daemon.dialects.gemini.names import camel_object
from triforce_daemon.dialects.losses import Losses

OWN = "gemini"

#: What a part is, and which of its fields have a place in the vocabulary.
_KINDS = ("text", "inlineData", "fileData", "functionCall", "functionResponse")
_SIGNATURE = "thoughtSignature"

_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "pdf": "application/pdf",
}
#: Files that only the provider can reach.
_OWN_FILES = ("https://generativelanguage.googleapis.com/", "gs://")


def read_part(part: dict[str, Any], path: str) -> Part:
    """A part in camel case; calls and results by the id that they have, or none. Raises InvalidRequest."""
    kind = next((kind for kind in _KINDS if part.get(kind) is not None), None)
    read = None if kind is None else _read_known(kind, part, path)
    if read is None:
        return ForeignPart(type="foreign", origin=OWN, value=part)
    if len(part) > 1 and (extras := _extras(part, kind, read)):
        read["extras"] = {OWN: {**read.get("extras", {}).get(OWN, {}), **extras}}
    return read


def _extras(part: dict[str, Any], kind: str | None, read: Part) -> dict[str, Any]:
    known = {kind, "thought"}
    if read["type"] in ("thinking", "tool_call"):
        known.add(_SIGNATURE)
    return {name: value for name, value in part.items() if name not in known and value is not None}


def _read_known(
    kind: str, part: dict[str, Any], path: str
) -> TextPart | ThinkingPart | ImagePart | FilePart | ToolCallPart | ToolResultPart | None:
    if kind == "text":
        text = fields.needed_text(part, "text", path)
        if fields.flag(part, "thought", path):
            signature = fields.text(part, _SIGNATURE, path)
            return ThinkingPart(type="thinking", text=text, signature=signature, origin=OWN)
        return TextPart(type="text", text=text)
    where = f"{path}.{kind}"
    value = camel_object(part[kind], where)
    if kind == "inlineData":
        return _read_media(value, where)
    if kind == "fileData":
        return _read_file(value, where)
    if kind == "functionResponse":
        return _read_result(value, where)
    call = ToolCallPart(
        type="tool_call",
        id=fields.text(value, "id", where) or "",
        name=fields.needed_text(value, "name", where),
        arguments=json_text.as_text(fields.mapping(value, "args", where) or {}),
    )
    if signature := fields.text(part, _SIGNATURE, path):
        call["signature"] = signature
    return call


def _read_media(value: dict[str, Any], path: str) -> ImagePart | FilePart:
    media_type, data = fields.text(value, "mimeType", path), _plain(fields.needed_text(value, "data", path))
    if media_type is not None and media_type.startswith("image/"):
        return ImagePart(type="image", media_type=media_type, data=data, url=None)
    name = fields.text(value, "displayName", path)
    return FilePart(type="file", media_type=media_type, name=name, data=data, url=None)


def _plain(data: str) -> str:
    """Base64 with the usual alphabet: the client libraries send the one for URLs."""
    return data.replace("-", "+").replace("_", "/") if "-" in data or "_" in data else data


def _read_file(value: dict[str, Any], path: str) -> ImagePart | FilePart | None:
    media_type, url = fields.text(value, "mimeType", path), fields.needed_text(value, "fileUri", path)
    if url.startswith(_OWN_FILES):
        return None
    if media_type is not None and media_type.startswith("image/"):
        return ImagePart(type="image", media_type=media_type, data=None, url=url)
    return FilePart(type="file", media_type=media_type, name=None, data=None, url=url)


def _read_result(value: dict[str, Any], path: str) -> ToolResultPart:
    response = fields.mapping(value, "response", path) or {}
    text, failed = _said(response)
    content: list[TextPart | ImagePart | FilePart] = [TextPart(type="text", text=text)] if text else []
    for number, entry in enumerate(fields.entries(value, "parts", path)):
        where = f"{path}.parts[{number}]"
        part = read_part(camel_object(entry, where), where)
        if part["type"] in ("image", "file"):
            content.append(cast("ImagePart | FilePart", part))
    result = ToolResultPart(
        type="tool_result",
        id=fields.text(value, "id", path) or "",
        name=fields.needed_text(value, "name", path),
        content=content,
        failed=failed,
    )
    if extras := {name: value[name] for name in ("willContinue", "scheduling") if value.get(name) is not None}:
        result["extras"] = {OWN: {"functionResponse": extras}}
    return result


def _said(response: dict[str, Any]) -> tuple[str, bool]:
    """The text of a result, and whether it tells a failure."""
    for name, failed in (("output", False), ("result", False), ("error", True)):
        if response.keys() == {name} and isinstance(response[name], str):
            return response[name], failed
    return (json_text.as_text(response), False) if response else ("", False)


def write_parts(parts: list[Part], losses: Losses) -> list[dict[str, Any]]:
    return [written for part in parts if (written := write_part(part, losses)) is not None]


def write_part(part: Part, losses: Losses) -> dict[str, Any] | None:
    """None where this dialect has no such part."""
    if part["type"] == "foreign":
        if part["origin"] == OWN:
            return part["value"]
        losses.add(f"messages[].{part['value'].get('type', 'part')}")
        return None
    extras = losses.extras(part, OWN)
    if part["type"] == "tool_result":
        return write_result(part, extras.get("functionResponse", {}))
    written = _write_known(part, losses)
    if part["type"] == "text" and not part["text"] and not extras:
        return None
    return None if written is None else written | extras


def _write_known(part: Part, losses: Losses) -> dict[str, Any] | None:
    if part["type"] == "text" or part["type"] == "refusal":
        return {"text": part["text"]}
    if part["type"] == "thinking":
        if part["origin"] != OWN:
            losses.add("messages[].thinking")
            return None
        return {"text": part["text"], "thought": True} | _signed(part["signature"])
    if part["type"] == "tool_call":
        call = {"id": part["id"], "name": part["name"], "args": json_text.embedded(part["arguments"])}
        return {"functionCall": call} | _signed(part.get("signature"))
    if part["type"] == "image":
        return _write_image(part, losses)
    return _write_file(part, losses) if part["type"] == "file" else None


def _signed(signature: str | None) -> dict[str, Any]:
    return {_SIGNATURE: signature} if signature else {}


def _write_image(part: ImagePart, losses: Losses) -> dict[str, Any]:
    if part.get("detail", "auto") != "auto":
        losses.add("image.detail")
    if (data := part["data"]) is not None:
        return {"inlineData": {"mimeType": part["media_type"] or data_url.image_type(data), "data": data}}
    url = part["url"] or ""
    return {"fileData": {"mimeType": part["media_type"] or _type_of(url, "image/jpeg"), "fileUri": url}}


def _write_file(part: FilePart, losses: Losses) -> dict[str, Any] | None:
    if part["name"]:
        losses.add("file.name")
    if part["data"] is not None:
        media_type = part["media_type"] or _type_of(part["name"] or "", "application/pdf")
        return {"inlineData": {"mimeType": media_type, "data": part["data"]}}
    if part["url"] is not None:
        media_type = part["media_type"] or _type_of(part["url"], "application/pdf")
        return {"fileData": {"mimeType": media_type, "fileUri": part["url"]}}
    losses.add("messages[].file")
    return None


def _type_of(name: str, otherwise: str) -> str:
    """What kind of file has such a name."""
    return _TYPES.get(name.partition("?")[0].rpartition(".")[2].lower(), otherwise)


def write_result(part: ToolResultPart, extras: dict[str, Any]) -> dict[str, Any]:
    """The text of a result; pictures in it are for the caller to place."""
    text = "\n".join(one["text"] for one in part["content"] if one["type"] == "text")
    response = {"id": part["id"], "name": part["name"] or part["id"], "response": _response(text, part["failed"])}
    return {"functionResponse": response | extras}


def _response(text: str, failed: bool) -> Any:
    if failed:
        return {"error": text}
    if text.startswith("{"):
        try:
            orjson.loads(text)
        except orjson.JSONDecodeError:
            return {"output": text}
        return json_text.embedded(text)
    return {"output": text} if text else {}
