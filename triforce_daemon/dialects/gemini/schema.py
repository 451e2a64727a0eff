"""Schemas as OpenAPI 3.0 has them, as JSON Schema: https://ai.google.dev/api/caching#Schema"""

from typing import Any, cast

from triforce_daemon.dialects.gemini.names import camel
from triforce_daemon.errors import InvalidRequest

#: Nobody writes schemas so deep; the recursion below must end somewhere.
_DEPTH = 64
_NUMBERS = ("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties")


def to_json_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Types in small letters, `nullable` as a type. Raises InvalidRequest for what is too deep."""
    return _convert(schema, _DEPTH)


def _convert(schema: dict[str, Any], depth: int) -> dict[str, Any]:
    if not depth:
        raise InvalidRequest("A schema is nested too deeply.")
    schema = camel(schema)
    converted: dict[str, Any] = {}
    for name, value in schema.items():
        if name == "type" and isinstance(value, str):
            if value != "TYPE_UNSPECIFIED":
                converted[name] = value.lower()
        elif name == "properties" and isinstance(value, dict):
            properties = cast(dict[str, Any], value)
            converted[name] = {key: _inner(one, depth - 1) for key, one in properties.items()}
        elif name == "items":
            converted[name] = _inner(value, depth - 1)
        elif name == "anyOf" and isinstance(value, list):
            converted[name] = [_inner(one, depth - 1) for one in cast(list[Any], value)]
        elif name in _NUMBERS and isinstance(value, str) and value.isdecimal():
            converted[name] = int(value)  # a 64-bit number travels as text
        elif name not in ("nullable", "propertyOrdering", "example"):
            converted[name] = value
    return _nullable(converted) if schema.get("nullable") is True else converted


def _inner(value: Any, depth: int) -> Any:
    return _convert(cast(dict[str, Any], value), depth) if isinstance(value, dict) else value


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "type" in schema and "enum" not in schema:
        return schema | {"type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}
