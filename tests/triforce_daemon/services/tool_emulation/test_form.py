"""What remains of a schema that a grammar shall hold a model to."""

from typing import Any

import pytest

from triforce_daemon.services.tool_emulation.form import closed, held_to

PLACE = "#/$defs/arguments_0"


@pytest.mark.parametrize(
    ("schema", "held"),
    [
        ({"type": "string", "pattern": "^a", "maxLength": 9, "format": "date", "title": "A"}, {"type": "string"}),
        ({"type": ["string", "null"], "enum": ["a", None]}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"enum": []}, {}),
        (
            {"type": "object", "properties": {"a": {"minimum": 1, "type": "integer"}}, "required": ["a"]},
            {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
        ),
        ({"type": "array", "items": True, "maxItems": 5_000}, {"type": "array", "items": {}}),
        ({"additionalProperties": False}, {"additionalProperties": False}),
        ({"additionalProperties": {"type": "string", "x": 1}}, {"additionalProperties": {"type": "string"}}),
        ({"anyOf": [{"const": 1}, {"const": 2, "y": 3}]}, {"anyOf": [{"const": 1}, {"const": 2}]}),
        (
            {"$ref": "#/$defs/City", "$defs": {"City": {}}},
            {"$ref": "#/$defs/arguments_0/$defs/City"},
        ),
        ({"items": {"$ref": "#"}}, {"items": {"$ref": "#/$defs/arguments_0"}}),
        ({"items": {"$ref": "https://example.com/schema"}}, {"items": {}}),
        ({"properties": "odd", "anyOf": "odd"}, {}),
    ],
)
def test_the_structure_is_kept(schema: dict[str, Any], held: dict[str, Any]) -> None:
    assert held_to(schema, PLACE) == held


def test_definitions_move_along() -> None:
    schema = {"properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"type": "string", "minLength": 1}}}
    assert held_to(schema, PLACE) == {
        "properties": {"a": {"$ref": f"{PLACE}/$defs/A"}},
        "$defs": {"A": {"type": "string"}},
    }


def test_no_schema_is_too_deep() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(5_000):
        schema = {"items": schema}
    assert held_to(schema, PLACE)["items"]


def test_a_closed_object_has_its_fields_in_order() -> None:
    form = closed(name={"const": "f"}, arguments={})
    assert list(form["properties"]) == form["required"] == ["name", "arguments"]
    assert form["additionalProperties"] is False
