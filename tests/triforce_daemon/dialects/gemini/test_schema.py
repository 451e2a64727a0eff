"""OpenAPI's schemas become JSON Schema."""

from typing import Any

import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import OBJECTS
from triforce_daemon.dialects.gemini.schema import to_json_schema
from triforce_daemon.errors import InvalidRequest


def test_a_schema_as_the_documentation_has_it() -> None:
    assert to_json_schema(
        {
            "type": "OBJECT",
            "properties": {
                "recipe_name": {"type": "STRING", "nullable": True, "example": "x"},
                "unit": {"type": "STRING", "enum": ["g", "kg"], "nullable": True},
                "steps": {"type": "ARRAY", "items": {"type": "INTEGER"}, "minItems": "1", "max_items": "9"},
                "any": {"any_of": [{"type": "NUMBER"}, {"type": "TYPE_UNSPECIFIED"}]},
            },
            "propertyOrdering": ["steps"],
            "required": ["recipe_name"],
        }
    ) == {
        "type": "object",
        "properties": {
            "recipe_name": {"type": ["string", "null"]},
            "unit": {"anyOf": [{"type": "string", "enum": ["g", "kg"]}, {"type": "null"}]},
            "steps": {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 9},
            "any": {"anyOf": [{"type": "number"}, {}]},
        },
        "required": ["recipe_name"],
    }


def test_depth_is_bounded() -> None:
    schema: dict[str, Any] = {}
    for _ in range(1000):
        schema = {"items": schema}
    with pytest.raises(InvalidRequest):
        to_json_schema(schema)


@given(OBJECTS)
def test_any_object_is_a_schema(schema: dict[str, Any]) -> None:
    to_json_schema(schema)
