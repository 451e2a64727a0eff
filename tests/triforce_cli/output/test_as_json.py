"""JSON for programs, and for terminals that must not obey it."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.triforce_cli.conftest import OnTerminal, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from triforce_cli.errors import UnknownField
from triforce_cli.output.as_json import json_line, narrowed

LIST = {"schema": "x.list/1", "items": [{"id": 1, "a": None}, {"id": 2, "b": 3}], "next": None}


@given(some.text())
def test_a_line_is_safe_and_means_the_same(text: str) -> None:
    line = json_line({"text": text})
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", line)
    assert json.loads(line) == {"text": text}


@pytest.mark.parametrize("code", [0x7F, 0x80, 0x9B, 0x9F, 0x2028, 0x2029, 0x202A, 0x202E, 0x2066, 0x2069, 0xD800])
def test_what_a_terminal_obeys_is_escaped(code: int) -> None:
    assert json_line(chr(code)) == f'"\\u{code:04x}"'


def test_what_people_write_is_left_alone() -> None:
    assert json_line("ä日本🌟\xa0\u200d") == '"ä日本🌟\xa0\u200d"'


def test_a_list_is_narrowed_in_its_items() -> None:
    assert narrowed(LIST, ["b", "id"]) == {**LIST, "items": [{"b": None, "id": 1}, {"b": 3, "id": 2}]}
    assert narrowed(LIST, []) == LIST


def test_an_object_is_narrowed_itself() -> None:
    reply: dict[str, Any] = {"schema": "x.show/1", "id": 1, "a": 2}
    assert narrowed(reply, ["a"]) == {"schema": "x.show/1", "a": 2}


def test_fields_that_are_not_there() -> None:
    with pytest.raises(UnknownField, match="'c'") as caught:
        narrowed(LIST, ["id", "c"])
    assert caught.value.hint == "There are: id, a, b"


def test_an_empty_list_has_every_field() -> None:
    assert narrowed({"items": []}, ["anything"]) == {"items": []}


def test_one_line_for_programs_and_many_for_people(
    fake_daemon: FakeDaemon, triforce: Triforce, on_terminal: OnTerminal
) -> None:
    assert triforce("status", "--json").out.count("\n") == 1
    assert on_terminal("status", "--json").out.count("\n") > 20
