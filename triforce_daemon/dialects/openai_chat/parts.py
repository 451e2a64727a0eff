"""The parts of a message's content."""

from typing import Any

from triforce_daemon.dialects import data_url, fields
from triforce_daemon.dialects.canonical import FilePart, ImagePart, Part, RefusalPart, TextPart
from triforce_daemon.dialects.losses import Losses

OWN = "openai_chat"
_KNOWN = {"text": {"type", "text"}, "image_url": {"type", "image_url"}, "file": {"type", "file"}}
_SOUNDS = {"wav": "audio/wav", "mp3": "audio/mpeg"}


def read_content(content: Any, path: str) -> list[Part]:
    """Text, or a list of parts; nothing where it is null. Raises InvalidRequest."""
    if content is None:
        return []
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return [
        read_part(fields.as_object(part, f"{path}[{number}]"), f"{path}[{number}]")
        for number, part in enumerate(fields.as_list(content, path))
    ]


def read_part(part: dict[str, Any], path: str) -> Part:
    kind = fields.needed_text(part, "type", path)
    if kind == "text":
        return _with_extras(TextPart(type="text", text=fields.needed_text(part, "text", path)), part, kind)
    if kind == "image_url":
        return _with_extras(_read_image(part, path), part, kind)
    if kind == "refusal":
        return RefusalPart(type="refusal", text=fields.needed_text(part, "refusal", path))
    if kind == "input_audio":
        return _read_sound(part, path)
    if kind == "file":
        return _with_extras(_read_file(part, path), part, kind)
    fields.refuse(f"{path}.type", "text, image_url, input_audio, file or refusal")


def _with_extras(read: Any, part: dict[str, Any], kind: str) -> Any:
    if len(part) > 2 and (unknown := {name: value for name, value in part.items() if name not in _KNOWN[kind]}):
        read["extras"] = {OWN: unknown}
    return read


def _read_image(part: dict[str, Any], path: str) -> ImagePart:
    path = f"{path}.image_url"
    value = part.get("image_url")
    # Some clients send the URL itself where OpenAI has an object around it.
    image = {"url": value} if isinstance(value, str) else fields.as_object(value, path)
    url = fields.needed_text(image, "url", path)
    data = data_url.read(url)
    read = (
        ImagePart(type="image", media_type=data.media_type, data=data.base64, url=None)
        if data
        else ImagePart(type="image", media_type=None, data=None, url=url)
    )
    if detail := fields.text(image, "detail", path):
        read["detail"] = detail
    return read


def _read_sound(part: dict[str, Any], path: str) -> FilePart:
    path = f"{path}.input_audio"
    sound = fields.as_object(part.get("input_audio"), path)
    kind = fields.needed_text(sound, "format", path)
    return FilePart(
        type="file",
        media_type=_SOUNDS.get(kind, f"audio/{kind}"),
        name=None,
        data=fields.needed_text(sound, "data", path),
        url=None,
    )


def _read_file(part: dict[str, Any], path: str) -> FilePart:
    path = f"{path}.file"
    file = fields.as_object(part.get("file"), path)
    content = fields.text(file, "file_data", path)
    data = data_url.read(content) if content else None
    read = FilePart(
        type="file",
        media_type=data.media_type if data else None,
        name=fields.text(file, "filename", path),
        data=data.base64 if data else content,
        url=None,
    )
    if file_id := fields.text(file, "file_id", path):
        read["file_id"] = file_id
    return read


def write_content(parts: list[Part], losses: Losses) -> str | list[dict[str, Any]]:
    """The content of a user's message: plain text where it is nothing else."""
    written = [one for part in parts if (one := write_part(part, losses)) is not None]
    if len(written) == 1 and written[0].keys() == {"type", "text"}:
        return str(written[0]["text"])
    return written or ""


def write_part(part: Part, losses: Losses) -> dict[str, Any] | None:
    """None where this dialect has no such part."""
    if part["type"] == "foreign":
        losses.add(f"messages[].{part['value'].get('type', 'part')}")
        return None
    written = _write_known(part, losses)
    if written is not None and (extras := losses.extras(part, OWN)):
        written |= extras
    return written


def _write_known(part: Part, losses: Losses) -> dict[str, Any] | None:
    if part["type"] == "text":
        return {"type": "text", "text": part["text"]}
    if part["type"] == "refusal":
        return {"type": "refusal", "refusal": part["text"]}
    if part["type"] == "image":
        return _write_image(part)
    if part["type"] == "file":
        return _write_file(part, losses)
    return None


def _write_image(part: ImagePart) -> dict[str, Any]:
    data = part["data"]
    url = part["url"] if data is None else data_url.write(part["media_type"] or data_url.image_type(data), data)
    image: dict[str, Any] = {"url": url}
    if "detail" in part:
        image["detail"] = part["detail"]
    return {"type": "image_url", "image_url": image}


def _write_file(part: FilePart, losses: Losses) -> dict[str, Any] | None:
    data, kind = part["data"], part["media_type"] or ""
    if data is not None and kind.startswith("audio/"):
        name = next((name for name, known in _SOUNDS.items() if known == kind), kind.removeprefix("audio/"))
        return {"type": "input_audio", "input_audio": {"data": data, "format": name}}
    file: dict[str, Any] = {"filename": part["name"]} if part["name"] else {}
    if data is not None:
        file["file_data"] = data_url.write(part["media_type"], data) if kind else data
    elif "file_id" in part:
        file["file_id"] = part["file_id"]
    else:
        losses.add("file.url")
        return None
    return {"type": "file", "file": file}
