"""What a mounted server's tool takes: only looked at from outside, for the schema's language is the server's."""

from collections.abc import Mapping
from typing import Any, cast

from triforce_daemon.errors import InvalidArguments

_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


class OfferedParameters:
    """Names and kinds are checked here, whatever else the schema says by the server: to follow a stranger's patterns
    and references may take for ever."""

    def __init__(self, input_schema: Mapping[str, Any], output_schema: Mapping[str, Any] | None) -> None:
        self._input = dict(input_schema)
        self._output = dict(output_schema) if output_schema is not None else None

    @property
    def sent(self) -> list[str]:
        return list(self._input["properties"])

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        """As they are. Raises InvalidArguments where one is missing, unknown or of another kind."""
        if wrong := self.problems(given):
            raise InvalidArguments(wrong[0], f"It takes: {', '.join(self.sent) or 'nothing'}.")
        return given

    def problems(self, given: dict[str, Any]) -> list[str]:
        """What is missing, unknown or of another kind, a sentence each."""
        fields: Mapping[str, Mapping[str, Any]] = self._input["properties"]
        strict = self._input.get("additionalProperties") is False
        required = self._input.get("required", ())
        missing = [name for name in required if name not in given]
        unknown = [name for name in given if strict and name not in fields]
        # Null for what need not be said says nothing, as many clients and models have it.
        said = [name for name, value in given.items() if value is not None or name in required]
        kinds = {name: fields[name].get("type") for name in said if name in fields}
        return [
            *(f"The argument {name} is missing." for name in missing),
            *(f"There is no argument {name}." for name in unknown),
            *(f"The argument {name} is no {kind}." for name, kind in kinds.items() if not _is_of(given[name], kind)),
        ]

    def input_schema(self) -> dict[str, Any]:
        return self._input

    def output_schema(self) -> dict[str, Any] | None:
        return self._output


def _is_of(value: object, kind: object) -> bool:
    """Whether a value is of a kind of JSON Schema, or of one of several; what is no such word fits everything."""
    if isinstance(kind, list):
        return any(_is_of(value, one) for one in cast("list[object]", kind))
    if not isinstance(kind, str) or kind not in _KINDS:
        return True
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _KINDS[kind])
