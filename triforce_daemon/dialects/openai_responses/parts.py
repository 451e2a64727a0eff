"""The parts of a message's content, of the user's and of the model's."""

from typing import Any

from triforce_daemon.dialects import data_url, fields
from triforce_daemon.dialects.canonical import (
    DialectName,
    FilePart,
    ForeignPart,
    ImagePart,
    Part,
    RefusalPart,
    TextPart,
)
from triforce_daemon.dialects.losses import Losses

OWN: DialectName = "openai_responses"
_TEXTS = ("input_text", "output_text", "text", "summary_text", "reasoning_text")


def read_content(content: Any, path: str) -> list[Part]:
    """Text, or a list of parts. Raises InvalidRequest."""
    if isinstance(content, str):
        return [TextPart(type="text", text=content)] if content else []
    return [
        read_part(fields.as_object(part, f"{path}[{number}]"), f"{path}[{number}]")
        for number, part in enumerate(fields.as_list(content, path))
    ]


def read_part(part: dict[str, Any], path: str) -> Part:
    kind = fields.needed_text(part, "type", path)
    if kind in _TEXTS:
        return _read_text(part, path)
    if kind == "refusal":
        return RefusalPart(type="refusal", text=fields.needed_text(part, "refusal", path))
    if kind == "input_image":
        return _read_image(part, path)
    if kind == "input_file":
        return _read_file(part, path)
    if kind == "input_audio":
        sound = fields.as_object(part.get("input_audio"), f"{path}.input_audio")
        data = fields.needed_text(sound, "data", f"{path}.input_audio")
        form = fields.text(sound, "format", f"{path}.input_audio") or "wav"
        return FilePart(type="file", media_type=f"audio/{form}", name=None, data=data, url=None)
    fields.refuse(f"{path}.type", "input_text, input_image, input_file, output_text or refusal")


def _read_text(part: dict[str, Any], path: str) -> TextPart:
    read = TextPart(type="text", text=fields.needed_text(part, "text", path))
    if len(part) > 2:
        extras = {name: value for name, value in part.items() if name not in ("type", "text") and value}
        if extras:
            read["extras"] = {OWN: extras}
    return read


def _read_image(part: dict[str, Any], path: str) -> ImagePart | ForeignPart:
    url = fields.text(part, "image_url", path)
    if url is None:
        if fields.text(part, "file_id", path) is None:
            fields.refuse(f"{path}.image_url", "text")
        return ForeignPart(type="foreign", origin=OWN, value=part)
    data = data_url.read(url)
    read = (
        ImagePart(type="image", media_type=data.media_type, data=data.base64, url=None)
        if data
        else ImagePart(type="image", media_type=None, data=None, url=url)
    )
    if (detail := fields.text(part, "detail", path)) and detail != "auto":
        read["detail"] = detail
    return read


def _read_file(part: dict[str, Any], path: str) -> FilePart:
    content = fields.text(part, "file_data", path)
    data = data_url.read(content) if content else None
    read = FilePart(
        type="file",
        media_type=data.media_type if data else None,
        name=fields.text(part, "filename", path),
        data=data.base64 if data else content,
        url=fields.text(part, "file_url", path),
    )
    if file_id := fields.text(part, "file_id", path):
        read["file_id"] = file_id
    return read


def write_part(part: Part, losses: Losses, *, by_model: bool = False) -> dict[str, Any] | None:
    """None where this dialect has no such part. `by_model`: of what the model said."""
    if part["type"] == "text":
        return _write_text(part, losses, by_model=by_model)
    if part["type"] == "refusal":
        return {"type": "refusal", "refusal": part["text"]}
    if part["type"] == "foreign":
        if part["origin"] == OWN:
            return part["value"]
        losses.add(str(part["value"].get("type", "part")))
        return None
    if by_model:
        losses.add(part["type"])
        return None
    losses.extras(part, OWN)
    if part["type"] == "image":
        return _write_image(part)
    return _write_file(part, losses) if part["type"] == "file" else None


def _write_text(part: TextPart, losses: Losses, *, by_model: bool) -> dict[str, Any]:
    if not by_model:
        return {"type": "input_text", "text": part["text"], **losses.extras(part, OWN)}
    extras = {name: value for name, value in losses.extras(part, OWN).items() if name != "phase"}
    return {"type": "output_text", "text": part["text"], "annotations": [], **extras}


def _write_image(part: ImagePart) -> dict[str, Any]:
    data = part["data"]
    url = part["url"] if data is None else data_url.write(part["media_type"] or data_url.image_type(data), data)
    return {"type": "input_image", "image_url": url, "detail": part.get("detail", "auto")}


def _write_file(part: FilePart, losses: Losses) -> dict[str, Any] | None:
    data, kind = part["data"], part["media_type"]
    if kind is not None and kind.startswith("audio/"):
        losses.add("input_audio")
        return None
    written: dict[str, Any] = {"type": "input_file"}
    if part["name"] is not None:
        written["filename"] = part["name"]
    if data is not None:
        written["file_data"] = data_url.write(kind, data) if kind else data
    elif "file_id" in part:
        written["file_id"] = part["file_id"]
    elif part["url"] is not None:
        written["file_url"] = part["url"]
    return written
