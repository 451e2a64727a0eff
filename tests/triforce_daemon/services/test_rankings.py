"""Rankings mixed."""

from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.services.rankings import mixed

ranking = st.lists(st.integers(0, 30), unique=True).map(lambda rows: dict.fromkeys(rows, 0.0))


@given(ranking, ranking)
def test_mixing_loses_nothing_and_favours_what_both_have(one: dict[int, float], other: dict[int, float]) -> None:
    found = mixed(one, other)
    assert found.keys() == one.keys() | other.keys()
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert list(mixed(one)) == list(one)
    places = [list(one), list(other)]
    for row in one.keys() & other.keys():
        worst = max(place.index(row) for place in places)
        behind = {single for place in places for single in place[worst:]} - (one.keys() & other.keys())
        assert all(found[row] > found[single] for single in behind)
