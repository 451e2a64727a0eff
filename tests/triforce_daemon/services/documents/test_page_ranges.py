"""Pages are written as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.errors import InvalidArguments
from triforce_daemon.services.documents.page_ranges import ranges


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (None, None),
        ("3", [(3, 3)]),
        ("1-5", [(1, 5)]),
        (" 2 , 4 - 6,9- ", [(2, 2), (4, 6), (9, 10_000)]),
    ],
)
def test_what_is_meant(text: str | None, found: list[tuple[int, int]] | None) -> None:
    assert ranges(text) == found


@pytest.mark.parametrize("text", ["", "0", "5-3", "-3", "a", "1,,2", "1-2-3", "1;rm", "9999999", "\u0661"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(InvalidArguments):
        ranges(text)


@given(st.text("0123456789-, ", max_size=12))
def test_any_text_is_pages_or_an_error_of_ours(text: str) -> None:
    try:
        assert all(1 <= first <= last for first, last in ranges(text) or [])
    except InvalidArguments as error:
        assert error.hint
