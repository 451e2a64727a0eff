"""Schemas of strangers."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.mcp_client.foreign_schema import Unfit, fit
from triforce_daemon.mcp_client.plain_text import plain

HIDDEN = "\U000e0041\x1b[8m"


def test_words_lose_what_hides_in_them_and_all_else_stays() -> None:
    schema = {
        "type": "object",
        "description": f"a{HIDDEN}",
        "properties": {
            "description": {"type": "string", "title": f"b{HIDDEN}", "pattern": "^x", "default": "y"},
            "list": {"items": True, "prefixItems": [{"$comment": HIDDEN}, False]},
            "any": {"anyOf": [{"const": 1}, {"enum": ["a", None]}], "additionalProperties": False},
        },
        "additionalProperties": {"description": HIDDEN},
        "$defs": {"one": {"$ref": "#/$defs/two"}, "two": {"not": {"type": "null"}}},
        "required": ["list"],
    }
    made = fit(schema)
    assert made["description"] == "a" and made["properties"]["description"]["title"] == "b"
    assert made["properties"]["description"] | {"title": ""} == {
        "type": "string",
        "title": "",
        "pattern": "^x",
        "default": "y",
    }
    assert made["properties"]["list"] == {"items": {}, "prefixItems": [{"$comment": ""}, {}]}
    assert made["properties"]["any"] == schema["properties"]["any"]  # type: ignore[index]
    assert made["additionalProperties"] == {"description": ""}
    assert made["$defs"] == schema["$defs"] and made["required"] == ["list"]


def deep(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(levels):
        schema = {"items": schema}
    return schema


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ([], "none"),
        ("x", "none"),
        ({"properties": []}, "no object"),
        ({"properties": {"a": 1}}, "none"),
        ({"properties": {f"a{HIDDEN}": {}}}, "does not see"),
        ({"enum": [f"a{HIDDEN}"]}, "does not see"),
        ({"default": {"a": [HIDDEN]}}, "does not see"),
        ({"x-anything": {HIDDEN: 1}}, "does not see"),
        ({"enum": "abc"}, "no list"),
        ({"required": {"a": 1}}, "no list"),
        ({"required": [["a"]]}, "list of names"),
        ({"anyOf": {}}, "no list"),
        ({"$ref": "https://evil.example/schema"}, "elsewhere"),
        ({"$ref": 1}, "elsewhere"),
        ({"properties": {"a": {"items": {"$ref": "file:///etc/passwd"}}}}, "elsewhere"),
        (deep(30), "too deep"),
        ({"default": deep(30)}, "too deep"),
    ],
)
def test_what_is_not_passed_on(schema: object, why: str) -> None:
    with pytest.raises(Unfit, match=why):
        fit(schema)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["properties", "items", "anyOf", "enum", "description", "type", "$ref", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(_JSON)
def test_it_is_refused_or_nothing_hides_in_it_any_more(schema: object) -> None:
    try:
        made = fit(schema)
    except Unfit:
        return
    assert fit(made) == made
    assert all(plain(text) == text for text in texts(made))


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for one in pair for text in texts(one)]
    return [text for one in value for text in texts(one)] if isinstance(value, list) else []
