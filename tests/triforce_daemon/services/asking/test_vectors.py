"""Vectors by OpenAI's words, and how near they are to each other."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.services.asking.vectors import cosine, ranked

NUMBERS = st.lists(st.floats(-100, 100), min_size=3, max_size=3)


@given(NUMBERS, NUMBERS)
def test_a_cosine_is_between_minus_one_and_one_and_the_same_both_ways(left: list[float], right: list[float]) -> None:
    value = cosine(left, right)
    assert -1.000001 <= value <= 1.000001
    assert value == pytest.approx(cosine(right, left))


def test_directions_and_nothing() -> None:
    assert cosine([1, 0], [0, 1]) == 0 and cosine([0, 0], [1, 1]) == 0
    assert cosine([1, 1], [2, 2]) == pytest.approx(1) and cosine([1, 0], [-3, 0]) == pytest.approx(-1)
    assert math.isclose(cosine([1, 0], [1, 1]), math.sqrt(0.5))


def test_the_nearest_come_first_and_equals_in_their_order() -> None:
    near = ranked([1, 0], [[0, 1], [1, 0], [2, 0], [1, 1]], 3)
    assert [one["index"] for one in near] == [1, 2, 3]
