"""A schema is narrowed to what a model can be held to, and what is lost is said."""

from typing import Any

import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import OBJECTS
from triforce_daemon.dialects.anthropic.schema import conforms, narrow
from triforce_daemon.errors import InvalidRequest

CLOSED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "description": "Where"},
        "when": {"type": "string", "format": "date"},
        "days": {"type": "array", "items": {"$ref": "#/$defs/day"}, "minItems": 1},
        "unit": {"enum": ["c", "f"], "default": "c"},
        "wind": {"anyOf": [{"type": "number"}, {"type": "null"}]},
    },
    "required": ["city"],
    "additionalProperties": False,
    "$defs": {"day": {"type": "object", "properties": {}, "additionalProperties": False}},
}


def test_what_can_be_kept_to_stays_as_it_is() -> None:
    assert narrow(CLOSED) == (CLOSED, [])
    assert conforms(CLOSED)


def test_objects_are_closed() -> None:
    narrowed, lost = narrow({"type": "object", "properties": {"inner": {"properties": {}}}, "$schema": "x"})
    closed: dict[str, Any] = {"properties": {}, "additionalProperties": False}
    assert narrowed == {"type": "object", "properties": {"inner": closed}, "additionalProperties": False}
    assert lost == []
    assert not conforms({"type": "object"})


def test_what_nobody_can_be_held_to_is_told_in_words() -> None:
    narrowed, lost = narrow({"type": "integer", "minimum": 1, "maximum": 9, "description": "A digit"})
    assert narrowed == {"type": "integer", "description": 'A digit\n\n{"minimum":1,"maximum":9}'}
    assert lost == ["minimum", "maximum"]


@pytest.mark.parametrize(
    ("schema", "narrowed"),
    [
        (
            {"oneOf": [{"type": "string", "pattern": "a"}]},
            {"anyOf": [{"type": "string", "description": '{"pattern":"a"}'}]},
        ),
        ({"type": "array", "minItems": 2}, {"type": "array", "description": '{"minItems":2}'}),
        ({"type": "string", "format": "iban"}, {"type": "string", "description": '{"format":"iban"}'}),
        ({"type": "object", "additionalProperties": True}, {"type": "object", "additionalProperties": False}),
        ({"type": "array", "items": True}, {"type": "array", "description": '{"items":true}'}),
        ({"type": "array", "anyOf": {"items": {}}}, {"type": "array", "description": '{"anyOf":{"items":{}}}'}),
        ({"properties": []}, {"additionalProperties": False, "description": '{"properties":[]}'}),
    ],
)
def test_keywords(schema: dict[str, Any], narrowed: dict[str, Any]) -> None:
    assert narrow(schema)[0] == narrowed
    assert not conforms(schema)


FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid")


@pytest.mark.parametrize("kept", [{"minItems": 0}, {"minItems": 1}, *({"format": name} for name in FORMATS)])
def test_what_can_be_kept_to(kept: dict[str, Any]) -> None:
    assert conforms({"type": "string", **kept})


def test_depth_is_bounded() -> None:
    schema: dict[str, Any] = {}
    for _ in range(1000):
        schema = {"items": schema}
    with pytest.raises(InvalidRequest):
        narrow(schema)


@given(OBJECTS)
def test_any_object_is_a_schema(schema: dict[str, Any]) -> None:
    narrowed, _ = narrow(schema)
    assert narrow(narrowed)[1] == []
