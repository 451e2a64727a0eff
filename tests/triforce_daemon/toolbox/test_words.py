"""Words of a command line become arguments, by the tool's schema."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.errors import InvalidArguments
from triforce_daemon.toolbox.words import arguments_of

SCHEMA: dict[str, Any] = {
    "properties": {
        "query": {"type": "string"},
        "limit": {"type": "integer"},
        "tags": {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}]},
        "numbers": {"type": "array", "items": {"type": "integer"}},
        "options": {"type": "object"},
        "any": {},
        "order": {"enum": ["up", "5"]},
    },
    "required": ["query"],
}


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        ([], {}),
        (["query=42"], {"query": "42"}),
        (["query=a=b"], {"query": "a=b"}),
        (["query="], {"query": ""}),
        (["what", "was", "it"], {"query": "what was it"}),
        (["limit=5", "what"], {"limit": 5, "query": "what"}),
        (["limit=many"], {"limit": "many"}),
        (["tags=a,b"], {"tags": ["a", "b"]}),
        (["tags="], {"tags": []}),
        (['tags=["a,b"]'], {"tags": ["a,b"]}),
        (["tags=5"], {"tags": ["5"]}),
        (["numbers=1,2"], {"numbers": [1, 2]}),
        (['options={"a": 1}'], {"options": {"a": 1}}),
        (["any=[1]"], {"any": [1]}),
        (["any=one"], {"any": "one"}),
        (["order=5"], {"order": "5"}),
        (["unknown=1"], {"unknown": "1"}),
        (["query=x", "3=4"], {"query": "x", "limit": "3=4"}),
    ],
)
def test_words(words: list[str], arguments: dict[str, Any]) -> None:
    assert arguments_of(words, SCHEMA) == arguments


def test_a_word_twice_or_too_many_is_refused() -> None:
    with pytest.raises(InvalidArguments, match="limit is given twice"):
        arguments_of(["limit=1", "limit=2"], SCHEMA)
    with pytest.raises(InvalidArguments, match="no argument for 'more'"):
        arguments_of(["more"], {"properties": {}})


@given(st.text())
def test_a_text_arrives_as_it_was_typed(text: str) -> None:
    assert arguments_of([f"query={text}"], SCHEMA) == {"query": text}


@given(st.dictionaries(st.text(), st.integers() | st.text(), max_size=3))
def test_an_object_arrives_as_it_was_typed(value: dict[str, Any]) -> None:
    assert arguments_of([f"options={json.dumps(value, ensure_ascii=True)}"], SCHEMA)["options"] == json.loads(
        json.dumps(value)
    ) or any("\ud800" <= one <= "\udfff" for one in str(value))
