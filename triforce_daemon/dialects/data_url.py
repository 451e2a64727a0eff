"""Data URLs (RFC 2397), as far as pictures and documents travel in them: base64 only."""

from typing import NamedTuple


class Data(NamedTuple):
    media_type: str | None
    base64: str


def read(url: str) -> Data | None:
    """What a data URL holds; None where it is another kind of URL, or not base64."""
    head, comma, data = url.partition(",")
    if not comma or head[:5].lower() != "data:" or not head.endswith(";base64"):
        return None
    media_type = head[5:].removesuffix(";base64").partition(";")[0]
    return Data(media_type or None, data)


def write(media_type: str | None, base64: str) -> str:
    return f"data:{media_type or 'application/octet-stream'};base64,{base64}"


_BEGINNINGS = {"iVBORw0KGgo": "image/png", "/9j/": "image/jpeg", "R0lGOD": "image/gif", "UklGR": "image/webp"}


def image_type(base64: str) -> str:
    """What kind of picture begins so; PNG where nothing else fits."""
    return next((kind for start, kind in _BEGINNINGS.items() if base64.startswith(start)), "image/png")
