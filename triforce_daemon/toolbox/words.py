"""The words of a command line as the arguments of a tool: `limit=5 tags=a,b query=what was it`."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

import orjson

from triforce_daemon.errors import InvalidArguments

Schema = Mapping[str, Any]


def arguments_of(words: Iterable[str], schema: Schema) -> dict[str, Any]:
    """`words` by the tool's input schema; a word without `=` is the first required argument that is not named.

    What is no text in the schema is read as JSON where it can be. Raises InvalidArguments for a word too many or
    given twice.
    """
    found: dict[str, Any] = {}
    bare: list[str] = []
    properties: Mapping[str, Schema] = schema.get("properties", {})
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name.isidentifier():
            bare.append(word)
        elif name in found:
            raise InvalidArguments(f"The argument {name} is given twice.", None)
        else:
            found[name] = _value(text, properties.get(name, {}))
    free = [name for name in [*schema.get("required", ()), *properties] if name not in found]
    if bare:
        if not free:
            raise InvalidArguments(f"There is no argument for {bare[0]!r}.", "Name it: NAME=VALUE.")
        # Who types a sentence without quotes means the sentence.
        found[free[0]] = _value(" ".join(bare), properties.get(free[0], {}))
    return found


def _value(text: str, schema: Schema) -> Any:
    kinds = _kinds(schema)
    if "string" in kinds and not (kinds & {"array", "object"} and text[:1] in "[{"):
        return text
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = text
    if "array" in kinds and not isinstance(value, list):
        parts = [part.strip() for part in text.split(",")] if text else []
        return [_value(part, cast(Schema, schema.get("items", {}))) for part in parts]
    return cast(Any, value)


def _kinds(schema: Schema) -> set[str]:
    """The JSON types that the value may have; a text where nothing is said."""
    if "anyOf" in schema:
        return set[str]().union(*(_kinds(one) for one in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return {"string"}
    kind = schema.get("type")
    return {kind} if isinstance(kind, str) else {"string", "array", "object"}
