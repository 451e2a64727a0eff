"""The form is read the same however it comes, and what is not the form is something said."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.services.tool_emulation.scanner import Scanner

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=6,
)  # fmt: skip
OBJECTS = st.dictionaries(st.text(max_size=5), JSON, max_size=3)
INDENTS = st.sampled_from([None, 0, 2])


def scanned(text: str, places: list[int] | None = None) -> list[list[str]]:
    """What was found, the pieces of one text joined."""
    scanner = Scanner()
    places = sorted({min(place, len(text)) for place in places or []})
    pieces = [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
    found: list[list[str]] = []
    for one in [*(one for piece in pieces for one in scanner.feed(piece)), *scanner.end()]:
        if found and found[-1][0] == one.kind != "call":
            found[-1][1] += one.text
        else:
            found.append([one.kind, one.text])
    return found


def everywhere(text: str) -> list[list[str]]:
    """What is found, wherever the text is cut."""
    whole = scanned(text)
    assert scanned(text, list(range(len(text)))) == whole
    for place in range(1, len(text)):
        assert scanned(text, [place]) == whole
    return whole


places = st.lists(st.integers(0, 400), max_size=12)


@given(st.text(), st.booleans(), INDENTS, places)
def test_an_answer(said: str, ascii: bool, indent: int | None, places: list[int]) -> None:
    text = json.dumps({"answer": said}, ensure_ascii=ascii, indent=indent)
    expected = said.encode("utf-8", "replace").decode()
    assert scanned(text, places) == ([["said", expected]] if said else [])


@given(st.text(), OBJECTS, st.booleans(), INDENTS, places)
def test_a_call_keeps_its_arguments_byte_by_byte(
    name: str, arguments: dict[str, Any], ascii: bool, indent: int | None, places: list[int]
) -> None:
    raw = json.dumps(arguments, ensure_ascii=ascii, indent=indent)
    text = f'{{ "name" : {json.dumps(name)},\n "arguments": {raw} \n}}\n'
    expected = name.encode("utf-8", "replace").decode()
    assert scanned(text, places) == [["call", expected], ["arguments", raw]]


@given(st.lists(st.tuples(st.sampled_from(["f", "g\\u00e9"]), OBJECTS), min_size=1, max_size=4), INDENTS, places)
def test_calls_in_a_row(calls: list[tuple[str, dict[str, Any]]], indent: int | None, places: list[int]) -> None:
    text = json.dumps({"calls": [{"name": name, "arguments": given} for name, given in calls]}, indent=indent)
    found = scanned(text, places)
    assert [(name[1], json.loads(given[1])) for name, given in zip(found[::2], found[1::2], strict=True)] == calls


@given(st.text(), places)
def test_plain_text_is_said_as_it_is(text: str, places: list[int]) -> None:
    plain = "Well: " + text
    assert scanned(plain, places) == [["said", plain]]


@given(st.text(alphabet='{}[]",:\\ anmeswrclsgut1\n'), places)
def test_anything_at_all_is_read_the_same_wherever_it_is_cut(text: str, places: list[int]) -> None:
    assert scanned(text, places) == scanned(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"answer": {"a": [1, "}"]}}', [["said", '{"a": [1, "}"]}']]),
        ('{"answer": 12 }', [["said", "12"]]),
        ('{"answer": "\\ud83d\\ude00\\ud83d."}', [["said", "\U0001f600?."]]),
        ('{"name": "f"}', [["call", "f"]]),
        ('{"name": "f", "arguments": {"a": "\\"}{"}}', [["call", "f"], ["arguments", '{"a": "\\"}{"}']]),
        ('{"calls": [{"name": "f"}, {"name": "g"} ] }', [["call", "f"], ["call", "g"]]),
        ('{"name": "f", "arguments": {}}\n{"answer": "b"}', [["call", "f"], ["arguments", "{}"], ["said", "b"]]),
        ('{"answer": "a"} and more', [["said", "aand more"]]),
        ('{"city": "Paris"}', [["said", '{"city": "Paris"}']]),
        ('{"name": "Ann", "age": 3}', [["said", '{"name": "Ann", "age": 3}']]),
        ('{"name": 7}', [["said", '{"name": 7}']]),
        ('{"calls": 7}', [["said", '{"calls": 7}']]),
        ("{", [["said", "{"]]),
        ('{"answer": "cut sh', [["said", "cut sh"]]),
        ('{"name": "f", "arguments": {"a": [1', [["call", "f"], ["arguments", '{"a": [1']]),
        ('{"name": "f', []),
        ("", []),
    ],
)  # fmt: skip
def test_examples(text: str, found: list[list[str]]) -> None:
    assert everywhere(text) == found


def test_an_answer_streams_as_it_comes() -> None:
    scanner = Scanner()
    assert scanner.feed('{"answer": "Hel') and scanner.feed("lo")[0].text == "lo"
    scanner = Scanner()
    scanner.feed('{"name": "f", "arguments": {"a"')
    assert scanner.feed(": 1")[0].text == ": 1"
