"""What is handed on is text: no control characters, no halves of characters."""

import json

import orjson
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.children.documents.form import clean, is_wanted

ANY = st.text(st.characters(categories=["L", "Zs", "Cc", "Cs", "Po"]))


@given(ANY)
def test_what_is_clean_travels_and_stays_clean(text: str) -> None:
    cleaned = clean(text)
    assert orjson.loads(orjson.dumps(json.loads(json.dumps(cleaned)))) == cleaned
    assert not any(letter < " " and letter not in "\n\t" for letter in cleaned) and "\x1b" not in cleaned
    assert clean(cleaned) == cleaned and "\n\n\n" not in cleaned


def test_which_pages_are_wanted() -> None:
    assert [number for number in range(1, 9) if is_wanted(number, [(2, 3), (7, 7)])] == [2, 3, 7]
    assert is_wanted(5, None)
