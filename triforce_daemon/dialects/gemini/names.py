"""Fields by either of their names: `systemInstruction`, as documented, or `system_instruction`, as many send it.

Both are protocol buffers' JSON: https://protobuf.dev/programming-guides/json/
"""

from typing import Any

from triforce_daemon.dialects import fields


def camel(body: dict[str, Any]) -> dict[str, Any]:
    """The object with its own fields in camel case; what they hold stays as it is."""
    for name in body:
        if "_" in name:
            return {_camel(name): value for name, value in body.items()}
    return body


def camel_object(value: Any, path: str) -> dict[str, Any]:
    """As `fields.as_object`."""
    return camel(fields.as_object(value, path))


def camel_mapping(body: dict[str, Any], name: str, at: str = "") -> dict[str, Any] | None:
    """As `fields.mapping`."""
    value = fields.mapping(body, name, at)
    return None if value is None else camel(value)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others) if first else name
