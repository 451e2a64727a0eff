"""What entries may be, when two are one, and how verdicts add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.stores.memory_rows import verdict
from triforce_daemon.errors import InvalidRequest
from triforce_daemon.services import memory_entries as entries


@given(st.lists(st.text(max_size=70), max_size=40))
def test_tags_are_whole_again_or_refused(tags: list[str]) -> None:
    try:
        found = entries.tags_of(tags)
    except InvalidRequest:
        return
    assert entries.tags_in(entries.lines_of(found)) == found == entries.tags_of(found)


@pytest.mark.parametrize("tag", ["", " ", "a,b", "a\nb", "x" * 65, "\0", "\ud800", "\x7f"])
def test_what_is_no_tag(tag: str) -> None:
    with pytest.raises(InvalidRequest):
        entries.tags_of([tag])


def test_ends() -> None:
    assert entries.end_of(None, 5) is None
    assert entries.end_of(2, 5) == 2_005
    for seconds in (0, -1, entries.LONGEST_LIFE + 1):
        with pytest.raises(InvalidRequest, match="ttl_seconds"):
            entries.end_of(seconds, 5)


def test_confidence_stays_within_its_bounds() -> None:
    for value in (-0.1, 1.1, float("nan")):
        with pytest.raises(InvalidRequest, match="confidence"):
            entries.confidence_of(value)


@given(st.floats(0, 1), st.lists(st.sampled_from(["confirm", "reject"]), max_size=20))
def test_verdicts_move_it_their_way_and_never_out_of_bounds(stated: float, words: list[str]) -> None:
    said = [verdict(f"{n}", verdict=word, by=f"by {n}") for n, word in enumerate(words)]
    before = stated
    for word, value in zip(words, entries.judged(stated, said), strict=True):
        assert 0 <= value <= 1
        assert value >= before - 0.0001 if word == "confirm" else value <= before + 0.0001
        before = value


def test_the_greater_importance_wins() -> None:
    assert entries.weightier("low", "high") == entries.weightier("high", "low") == "high"
    assert entries.weightier("critical", "high") == "critical"


def test_who_takes_back_his_word_confirms_no_more() -> None:
    said = [
        {**verdict("1", by="a"), "memory": 1},
        {**verdict("2", by="b"), "memory": 1},
        {**verdict("3", by="a", verdict="reject"), "memory": 1},
    ]
    assert entries.confirmed_by(said) == ["b"]  # type: ignore[arg-type]
