"""Strangers' values: taken where they make sense, else passed over, and never an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.providers.listings import values

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)


@pytest.mark.parametrize("name", ["gpt-4o", "a/b:c@d", "@cf/meta/llama", "~x", "模型", "hf.co/a/b:Q4_K_M", "x" * 256])
def test_names_stay_as_they_are(name: str) -> None:
    assert values.name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x" * 257,
        "x" * 10_000,
        "a b",
        "a\nb",
        "a\tb",
        "\x1b[31mred",
        "a\0",
        "a\u202eb",
        "a\u200bb",
        "\ud800",
        None,
        7,
        ["a"],
    ],
)
def test_what_no_terminal_should_see_is_no_name(name: object) -> None:
    assert values.name(name) is None


def test_texts_are_one_line_of_which_nothing_escapes() -> None:
    assert values.text("  A  model\n\x1b[31mby\u202e us\x07 ") == "A model [31mby us"
    assert values.text("\x1b\x07") is None
    assert values.text(7) is None
    assert len(values.text("x" * 10_000_000) or "") == values.LONGEST_TEXT


@pytest.mark.parametrize(
    ("said", "number"),
    [(5, 5), ("131072", 131_072), (4096.0, 4_096), (0, None), (-1, None), (True, None), ("1e3", None), ("٣", None),
     (1.5, None), (float("nan"), None), (float("inf"), None), (1 << 60, None), ("9" * 5_000, None), ([], None)],
)  # fmt: skip
def test_numbers_of_tokens(said: object, number: int | None) -> None:
    assert values.count(said) == number
    assert values.count(None, said, 7) == (number or 7)


@pytest.mark.parametrize(
    ("said", "tokens", "price"),
    [
        ("0", 1, "0"),
        ("0.00000015", 1, "0.15"),
        ("0.000001", 1, "1"),
        ("1e-7", 1, "0.1"),
        (0.35, 1_000_000, "0.35"),
        (2, 1_000_000, "2"),
        ("-1", 1, None),
        ("free", 1, None),
        ("NaN", 1, None),
        ("Infinity", 1, None),
        ("1e999999", 1, None),
        ("1e-999999", 1, None),
        ("9" * 5_000, 1, None),
        (True, 1, None),
        (None, 1, None),
    ],
)
def test_prices_for_a_million_tokens(said: object, tokens: int, price: str | None) -> None:
    assert values.dollars(said, tokens) == price


def test_dates() -> None:
    assert values.date("2026-11-30T12:00:00Z") == "2026-11-30"
    assert values.date("2026-11-30") == "2026-11-30"
    assert values.date("soon") is None
    assert values.date(20261130) is None


def test_a_list_is_found_where_it_is() -> None:
    assert values.listed([1]) == [1]
    assert values.listed({"data": [2]}, "data", "models") == [2]
    assert values.listed({"models": []}, "data", "models") == []
    for body in ({}, {"data": None}, {"data": {}}, "text", None, 7):
        with pytest.raises(ValueError, match="there is no list in it"):
            values.listed(body, "data", "models")


@given(anything)
def test_anything_at_all_can_be_asked(value: object) -> None:
    values.name(value)
    values.text(value)
    values.count(value)
    values.dollars(value)
    values.date(value)
    assert isinstance(values.fields(value), dict)
    assert all(isinstance(each, str) for each in values.words(value))
    assert all(isinstance(each, dict) for each in values.objects(value))
