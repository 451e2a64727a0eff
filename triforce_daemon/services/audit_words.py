"""A row of the audit in a few words, as a list shows it."""

from collections.abc import Mapping
from typing import Any, cast


def in_words(kind: str, document: Mapping[str, Any]) -> str:
    """What was decided."""
    if kind == "request":
        return _request(document)
    what = str(document.get("what", kind))
    told = [
        str(document[name])
        for name in ("code", "route", "tool", "error", "on", "reason", "version")
        if document.get(name)
    ]
    shown = cast(Mapping[str, object], document.get("shows") or {})
    told += [f"{name}={_short(value)}" for name, value in shown.items()]
    if document.get("asked"):
        told.append("asked")
    if document.get("times", 1) > 1:
        told.append(f"{document['times']} times")
    return " ".join([what, *told])


def _request(document: Mapping[str, Any]) -> str:
    asked, model = document["asked"], document["model"]
    way = asked if asked == model else f"{asked} -> {model}"
    failed = f" ({document['error']})" if document["error"] else ""
    cut = ", cut short" if document["truncated"] else ""
    return f"{way}: {document['state']}{failed}{cut}"


def _short(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, cast("list[object]", value))) or "-"
    if isinstance(value, dict):
        told = cast("dict[str, object]", value)
        return ",".join(f"{name}:{one}" for name, one in told.items() if one not in (None, [])) or "-"
    return "-" if value is None else str(value)
