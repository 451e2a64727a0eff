"""What finds a line takes a time that grows with the text alone, whatever somebody asks for."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triforce_daemon.errors import InvalidArguments
from triforce_daemon.services.line_finders import finder


@settings(max_examples=30)
@given(st.text("aä\0.", min_size=1, max_size=4), st.text("aä\0.\n", max_size=9))
def test_a_text_is_found_where_python_finds_it(query: str, around: str) -> None:
    data = (around + query + around).encode(errors="replace")
    assert finder(query, regex=False)(data, 0, len(data)) == data.find(query.encode())


def test_an_expression_stays_within_its_line() -> None:
    def places(query: str, data: bytes) -> int:
        return finder(query, regex=True)(data, 0, len(data))

    assert places(r"^b+$", b"a\nbb\nc") == 2
    assert places(r"(?i)GRÜN", "ein grün".encode()) == 4
    assert places(r"\bdef\b", "ö def".encode()) == 3
    for over_the_end in (r"a\nb", r"a\sb", r"a[^x]b", r"(?s)a.b"):
        assert places(over_the_end, b"a\nb") == -1
    assert finder("a", regex=True)(b"ba", 0, 1) == -1


@pytest.mark.parametrize(
    ("query", "regex"), [("(a", True), (r"(a)\1", True), ("(?=a)", True), ("a{9999}", True), ("a\nb", False)]
)
def test_what_cannot_be_searched_by_is_refused(query: str, regex: bool) -> None:
    with pytest.raises(InvalidArguments):
        finder(query, regex=regex)
    with pytest.raises(InvalidArguments, match="half a character"):
        finder("\ud800", regex=regex)


def test_no_expression_takes_for_ever() -> None:
    began = time.process_time()
    for query in (r"(x+x+)+y", r"(a|aa)+$", r"(.*)*b", r"([ab]*a[ab]{300})x"):
        assert finder(query, regex=True)(b"xa" * 5_000, 0, 10_000) == -1 or query == r"(a|aa)+$"
    assert time.process_time() - began < 1
