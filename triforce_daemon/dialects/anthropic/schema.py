"""JSON Schema as far as a model can be held to it: https://platform.claude.com/docs/en/build-with-claude/structured-outputs"""

from typing import Any, cast

import orjson

from triforce_daemon.errors import InvalidRequest

_PLAIN = frozenset(("type", "title", "description", "enum", "const", "$ref", "required", "default"))
_SCHEMAS = frozenset(("properties", "$defs", "definitions"))
_LISTS = frozenset(("anyOf", "allOf"))
_FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid")

#: Nobody writes schemas so deep; the recursion below must end somewhere.
_DEPTH = 64


def conforms(schema: dict[str, Any]) -> bool:
    """Whether it can be kept to as it is."""
    narrowed, lost = narrow(schema)
    return not lost and narrowed == schema


def narrow(schema: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The schema without what a model cannot be held to, and the names of that.

    Objects are closed. What is left out is told to the model in the description. Raises InvalidRequest.
    """
    lost: dict[str, None] = {}
    return _narrow(schema, lost, _DEPTH), list(lost)


def _narrow(schema: dict[str, Any], lost: dict[str, None], depth: int) -> dict[str, Any]:
    if not depth:
        raise InvalidRequest("The schema of the answer is nested too deeply.")
    narrowed: dict[str, Any] = {}
    told: dict[str, Any] = {}
    for name, value in schema.items():
        if not _keep(name, value, narrowed, lost, depth - 1):
            told[name] = value
    if schema.get("type") == "object" or "properties" in schema:
        narrowed["additionalProperties"] = False
        told.pop("additionalProperties", None)
    if told:
        lost.update(dict.fromkeys(told))
        said = narrowed.get("description")
        narrowed["description"] = (f"{said}\n\n" if said else "") + orjson.dumps(told).decode()
    return narrowed


def _keep(name: str, value: Any, narrowed: dict[str, Any], lost: dict[str, None], depth: int) -> bool:
    """Put one keyword into `narrowed`; False where it has no place there."""
    if name in _PLAIN:
        narrowed[name] = value
    elif name in _SCHEMAS and isinstance(value, dict):
        schemas = cast(dict[str, Any], value)
        narrowed[name] = {key: _inner(one, lost, depth) for key, one in schemas.items()}
    elif name == "oneOf" and isinstance(value, list):
        narrowed["anyOf"] = [_inner(one, lost, depth) for one in cast(list[Any], value)]
    elif name in _LISTS and isinstance(value, list):
        narrowed[name] = [_inner(one, lost, depth) for one in cast(list[Any], value)]
    elif name == "items" and isinstance(value, dict):
        narrowed[name] = _inner(value, lost, depth)
    elif (name == "minItems" and value in (0, 1)) or (name == "format" and value in _FORMATS):
        narrowed[name] = value
    else:
        return name == "$schema" or (name == "additionalProperties" and value is False)
    return True


def _inner(schema: Any, lost: dict[str, None], depth: int) -> Any:
    return _narrow(cast(dict[str, Any], schema), lost, depth) if isinstance(schema, dict) else schema
