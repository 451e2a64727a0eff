"""A JSON Schema that somebody else wrote, made fit to be shown to models: bounded, plain, and in one piece."""

from collections.abc import Mapping
from typing import Any, cast

from triforce_daemon.mcp_client.plain_text import hides, plain

_DEPTH = 24
#: Read by people and models alone: what hides in them is taken out. Anywhere else it would change what is meant.
_WORDS = frozenset({"title", "description", "$comment"})
_NAMED = frozenset({"properties", "$defs", "definitions", "patternProperties", "dependentSchemas"})
_LISTS = frozenset({"anyOf", "allOf", "oneOf", "prefixItems"})
_INNER = frozenset({"items", "not", "if", "then", "else", "contains", "propertyNames"})
#: May be true or false where they are no schema.
_OR_BOOLEAN = frozenset({"additionalProperties", "unevaluatedProperties", "unevaluatedItems", "additionalItems"})


class Unfit(Exception):
    """What a server says of a tool cannot be passed on, and why."""


def fit(schema: object, depth: int = 0) -> dict[str, Any]:
    """The schema with plain words. Raises Unfit."""
    if depth > _DEPTH:
        raise Unfit("its schema is too deep")
    if isinstance(schema, bool):
        return {}
    held = _object(schema, "its schema is none")
    return {_name(name): _keyword(name, value, depth) for name, value in held.items()}


def _keyword(name: str, value: object, depth: int) -> Any:
    if name in _WORDS:
        return plain(value) if isinstance(value, str) else ""
    if name in _NAMED:
        return {_name(key): fit(inner, depth + 1) for key, inner in _object(value, f"{name} is no object").items()}
    if name in _LISTS:
        return [fit(inner, depth + 1) for inner in _list(value, name)]
    if name in _INNER:
        return fit(value, depth + 1)
    if name in _OR_BOOLEAN and not isinstance(value, bool):
        return fit(value, depth + 1)
    if name in ("enum", "examples"):
        _list(value, name)
    if name == "required" and not all(isinstance(one, str) for one in _list(value, name)):
        raise Unfit("required is no list of names")
    if name in ("$ref", "$dynamicRef") and not (isinstance(value, str) and value.startswith("#")):
        raise Unfit("its schema refers to what stands elsewhere")
    _check(value, depth)
    return value


def _check(value: object, depth: int) -> None:
    """Nothing hides in a value that means something. Raises Unfit."""
    if depth > _DEPTH:
        raise Unfit("its schema is too deep")
    if isinstance(value, str):
        _name(value)
    elif isinstance(value, list):
        for one in cast("list[object]", value):
            _check(one, depth + 1)
    elif isinstance(value, dict):
        for key, inner in cast("dict[str, object]", value).items():
            _name(key)
            _check(inner, depth + 1)


def _name(text: str) -> str:
    if hides(text):
        raise Unfit("its schema holds what a reader does not see")
    return text


def _object(value: object, otherwise: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Unfit(otherwise)
    return cast("dict[str, Any]", value)


def _list(value: object, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise Unfit(f"{name} is no list")
    return cast("list[Any]", value)
