"""Arguments for somebody else's tool."""

from typing import Any

import pytest

from triforce_daemon.errors import InvalidArguments
from triforce_daemon.mcp_client.offered_parameters import OfferedParameters

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "path": {"type": "string", "pattern": "^(a+)+$"},
        "lines": {"type": "integer"},
        "share": {"type": "number"},
        "tags": {"type": ["array", "null"]},
        "deep": {"$ref": "#/$defs/deep"},
        "on": {"type": "boolean"},
        "odd": {"type": "potato"},
    },
    "required": ["path"],
    "$defs": {"deep": {"anyOf": [{"$ref": "#/$defs/deep"}, {"$ref": "#/$defs/deep"}]}},
}


def test_what_fits_goes_as_it_is_and_nobodys_patterns_are_followed() -> None:
    given = {"path": "a" * 40 + "!", "lines": 1.0, "share": 2, "tags": None, "deep": {"deep": 1}, "odd": [], "more": 1}
    takes = OfferedParameters(SCHEMA, None)
    assert takes.arguments(given) is given
    assert takes.sent[:2] == ["path", "lines"] and takes.output_schema() is None
    assert takes.input_schema() == SCHEMA and OfferedParameters(SCHEMA, {"type": "object"}).output_schema()


def test_null_says_nothing_of_what_need_not_be_said() -> None:
    takes = OfferedParameters(SCHEMA, None)
    assert takes.problems({"path": "a", "lines": None, "on": None}) == []
    assert takes.problems({"path": None}) == ["The argument path is no string."]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "path is missing"),
        ({"path": 1}, "path is no string"),
        ({"path": "", "lines": 1.5}, "lines is no integer"),
        ({"path": "", "lines": True}, "lines is no integer"),
        ({"path": "", "tags": {}}, "tags is no"),
        ({"path": "", "on": 1}, "on is no boolean"),
    ],
)
def test_what_does_not_fit_is_named(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidArguments, match=said):
        OfferedParameters(SCHEMA, None).arguments(given)


def test_names_that_are_unknown_are_refused_where_the_schema_says_so() -> None:
    strict = OfferedParameters({"properties": {}, "additionalProperties": False}, None)
    with pytest.raises(InvalidArguments, match="no argument dry_run"):
        strict.arguments({"dry_run": True})
