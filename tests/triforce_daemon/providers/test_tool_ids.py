"""Ids of tool calls that a strict provider takes."""

import re

from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.providers.tool_ids import nine


@given(st.text(st.characters()))
def test_any_id_becomes_nine_letters_or_digits_always_the_same(id: str) -> None:
    assert re.fullmatch(r"[a-zA-Z0-9]{9}", nine(id))
    assert nine(id) == nine(id)
    assert nine(nine(id)) == nine(id)


def test_the_right_ones_stay() -> None:
    assert nine("aB3456789") == "aB3456789"
    assert nine("aB345678é") != "aB345678é"


def test_different_ids_stay_different() -> None:
    ids = [f"call_{number}" for number in range(10_000)]
    assert len({nine(id) for id in ids}) == len(ids)
