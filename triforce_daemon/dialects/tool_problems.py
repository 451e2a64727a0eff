"""What an upstream would make of a tool's declaration: refuse it, or not hold the model to all of it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

Schema = Mapping[str, Any]

#: `refused`: the upstream answers the whole request with an error. `loose`: it takes the tool, and no model is held to
#: this. `strict`: it refuses the tool where strict mode is asked for.
Severity = Literal["refused", "loose", "strict"]

#: Nobody writes schemas so deep; the recursion below must end somewhere.
_DEPTH = 64
_NAMED = ("properties", "$defs", "definitions", "patternProperties", "dependentSchemas")
_LISTED = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLE = ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames")


@dataclass(frozen=True, slots=True)
class ToolProblem:
    """`at`: where in the schema, like `properties.limit`; empty: the tool as a whole."""

    severity: Severity
    at: str
    words: str


#: What a dialect finds in one schema of a tool: called with each, and where it stands.
Rule = Callable[[str, Schema], Iterator[ToolProblem]]


def schemas(schema: Schema, at: str = "", depth: int = _DEPTH) -> Iterator[tuple[str, Schema]]:
    """A schema and all within it, with where each stands."""
    if not depth:
        return
    yield at, schema
    for name, value in schema.items():
        place = f"{at}.{name}" if at else name
        if name in _NAMED and isinstance(value, dict):
            for key, inner in cast("dict[str, Any]", value).items():
                yield from _within(inner, f"{place}.{key}", depth)
        elif name in _LISTED and isinstance(value, list):
            for number, inner in enumerate(cast("list[Any]", value)):
                yield from _within(inner, f"{place}.{number}", depth)
        elif name in _SINGLE:
            yield from _within(value, place, depth)


def _within(value: Any, at: str, depth: int) -> Iterator[tuple[str, Schema]]:
    if isinstance(value, dict):
        yield from schemas(cast(Schema, value), at, depth - 1)


def properties(schema: Schema) -> Mapping[str, Any]:
    """The properties that a schema names; none where it says something else in their place."""
    named = schema.get("properties")
    return cast("dict[str, Any]", named) if isinstance(named, dict) else {}


def found(schema: Schema, *rules: Rule) -> Iterator[ToolProblem]:
    """What the rules find in a schema and all within it."""
    for at, one in schemas(schema):
        for rule in rules:
            yield from rule(at, one)


def root_of_object(schema: Schema, forbidden: Collection[str]) -> Iterator[ToolProblem]:
    """Arguments are an object, and nothing else is said beside that at the top."""
    if schema.get("type", "object") != "object":
        yield ToolProblem("refused", "type", "the arguments have to be an object")
    for name in sorted(forbidden & schema.keys()):
        yield ToolProblem("refused", name, f"{name} cannot stand at the top")


def array_without_items(at: str, schema: Schema) -> Iterator[ToolProblem]:
    """A list of which nobody says what is in it."""
    if schema.get("type") == "array" and "items" not in schema and "prefixItems" not in schema:
        yield ToolProblem("refused", at, "a list needs `items`")


def beyond(known: Collection[str]) -> Rule:
    """Keywords that a model is not held to."""

    def rule(at: str, schema: Schema) -> Iterator[ToolProblem]:
        for name in schema:
            if name not in known:
                yield ToolProblem("loose", f"{at}.{name}" if at else name, f"no model is held to {name}")

    return rule
