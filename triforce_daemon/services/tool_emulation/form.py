"""JSON Schema as far as a grammar can hold a model to it: the structure. The rest is only told in words."""

from typing import Any, cast

_KEPT = frozenset(("type", "enum", "const", "required"))
_SCHEMAS = frozenset(("properties", "$defs", "definitions"))
_LISTS = frozenset(("anyOf", "oneOf", "allOf", "prefixItems"))
_INNER = frozenset(("items", "additionalProperties"))
#: What lies deeper may be anything; the recursion must end somewhere.
_DEPTH = 48


def closed(**properties: Any) -> dict[str, Any]:
    """The schema of an object with these fields in this order, and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def held_to(schema: dict[str, Any], place: str) -> dict[str, Any]:
    """The structure of `schema`, which will stand at `place` (a JSON pointer) of a larger one.

    Lengths, patterns and formats go: a grammar grows with them beyond all bounds, or cannot say them.
    """
    return _held(schema, place, _DEPTH)


def _held(schema: dict[str, Any], place: str, depth: int) -> dict[str, Any]:
    if not depth:
        return {}
    if "$ref" in schema:
        return _reference(schema["$ref"], place)
    held: dict[str, Any] = {}
    for name, value in schema.items():
        if name in _KEPT and value != []:
            held[name] = value
        elif name in _SCHEMAS and isinstance(value, dict):
            schemas = cast(dict[str, Any], value)
            held[name] = {key: _inner(one, place, depth) for key, one in schemas.items()}
        elif name in _LISTS and isinstance(value, list) and value:
            held[name] = [_inner(one, place, depth) for one in cast(list[Any], value)]
        elif name in _INNER:
            held[name] = value if value is False else _inner(value, place, depth)
    return held


def _reference(target: Any, place: str) -> dict[str, Any]:
    """Within the schema it moves with it; another document is not fetched."""
    if not isinstance(target, str) or not target.startswith("#"):
        return {}
    return {"$ref": place + target[1:]}


def _inner(schema: Any, place: str, depth: int) -> dict[str, Any]:
    return _held(cast(dict[str, Any], schema), place, depth - 1) if isinstance(schema, dict) else {}
