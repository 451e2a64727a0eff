"""Gaps and what is put into them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.services.templates import filled, gaps


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("{{a}} and {{ b_2 }} and {{a}}", ["a", "b_2"]),
        ("{a} { {a} } {{}} {{ }} {{1a}} {{a-b}} {{a.b}} {{a\nb}} {{a b}}", []),
        ("{{{a}}}", ["a"]),
        ("{{a}}{{b}}", ["a", "b"]),
        ("{{" + "x" * 65 + "}}", []),
    ],
)
def test_gaps(text: str, names: list[str]) -> None:
    assert gaps(text) == names


def test_what_is_given_is_put_in_and_the_rest_is_named() -> None:
    text, missing = filled("Say {{what}} to {{whom}}, {{ what }}!", {"what": "hello", "more": 1})
    assert (text, missing) == ("Say hello to {{whom}}, hello!", ["whom"])


def test_what_is_no_text_is_put_in_as_json() -> None:
    assert filled("{{a}} {{b}} {{c}}", {"a": 5, "b": ["x"], "c": None})[0] == '5 ["x"] null'


@given(st.text(), st.dictionaries(st.from_regex(r"[a-z]{1,3}", fullmatch=True), st.text(), max_size=4))
def test_values_are_never_looked_at_again(around: str, values: dict[str, str]) -> None:
    around = around.replace("{", "").replace("}", "")
    template = around.join(f"{{{{{name}}}}}" for name in values)
    assert filled(template, values) == (around.join(values.values()), [])


@given(st.text(st.sampled_from("{}ab_ ")))
def test_without_values_a_text_stays_what_it_is(text: str) -> None:
    assert filled(text, {}) == (text, gaps(text))
