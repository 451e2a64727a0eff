"""Tools that take free text, OpenAI's custom tools: elsewhere a function with one argument, `input`."""

from typing import Any, cast

import orjson

ARGUMENT = "input"


def schema() -> dict[str, Any]:
    """The schema of the function that stands for such a tool."""
    return {
        "type": "object",
        "properties": {ARGUMENT: {"type": "string"}},
        "required": [ARGUMENT],
        "additionalProperties": False,
    }


def arguments_of(text: str) -> str:
    """The function's arguments that stand for `text`."""
    return orjson.dumps({ARGUMENT: text}).decode()


def text_of(arguments: str) -> str:
    """The text that a model meant by the function's arguments; what it wrote, where it did not keep to the schema."""
    try:
        value = orjson.loads(arguments)
    except orjson.JSONDecodeError:
        return arguments
    found = cast(dict[str, Any], value).get(ARGUMENT) if isinstance(value, dict) else None
    return found if isinstance(found, str) else arguments
