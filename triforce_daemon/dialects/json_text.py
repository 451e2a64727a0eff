"""A tool call's arguments: text in some dialects, an object in others. The text is what counts."""

import json
import re
from typing import Any, cast

import orjson

#: A number of so many digits may not survive being read as a float.
_LONG_NUMBER = re.compile(r"[0-9]{16}")
#: orjson writes no deeper than 254.
_DEEP = 200


def as_text(value: Any) -> str:
    """An object as the text of a call's arguments."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        # Numbers beyond 64 bits, and depths beyond 254.
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def as_object(arguments: str) -> dict[str, Any]:
    """The text of a call's arguments as an object; where it is none, what the model wrote, under `arguments`."""
    value = _object(arguments)
    return {"arguments": arguments} if value is None else value


def embedded(arguments: str) -> Any:
    """What orjson writes as that object: `as_object`, or the text itself where a dict would lose digits or is deep."""
    value = _object(arguments)
    if value is None:
        return {"arguments": arguments}
    if _LONG_NUMBER.search(arguments) or arguments.count("{") + arguments.count("[") > _DEEP:
        return orjson.Fragment(arguments)
    return value


def spliced(arguments: str) -> bytes:
    """The text of a call's arguments as an object on a line of JSON: the same bytes, where they are an object."""
    value = _object(arguments)
    if not value:
        return orjson.dumps({"arguments": arguments}) if value is None else b"{}"
    # A line break stands between tokens only: inside a JSON string it is escaped.
    return arguments.replace("\r", " ").replace("\n", " ").encode()


def _object(arguments: str) -> dict[str, Any] | None:
    if not arguments or arguments.isspace():
        return {}
    try:
        value = orjson.loads(arguments)
    except orjson.JSONDecodeError:
        return None
    return cast(dict[str, Any], value) if isinstance(value, dict) else None
