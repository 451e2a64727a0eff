"""Ids are of the promised form, sort by time, and do not repeat."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.runtime.identifiers import RequestIds, session_id

request_id = RequestIds().next
times = st.integers(0, (1 << 48) - 1)


@given(times)
def test_a_request_id_is_a_uuid_of_version_7(now_ms: int) -> None:
    text = request_id(now_ms)
    parsed = uuid.UUID(text)
    assert str(parsed) == text
    assert parsed.version == 7
    assert parsed.variant == uuid.RFC_4122
    assert parsed.int >> 80 == now_ms


def test_a_clock_gone_mad_does_not_break_the_form() -> None:
    assert uuid.UUID(request_id((1 << 48) + 5)).int >> 80 == 5
    assert uuid.UUID(request_id(-1)).version == 7


@given(times, times)
def test_request_ids_sort_by_time(one: int, other: int) -> None:
    if one != other:
        assert (request_id(one) < request_id(other)) == (one < other)


def test_request_ids_of_one_moment_differ_in_every_random_bit() -> None:
    values = [uuid.UUID(request_id(1_795_448_670_000)).int for _ in range(500)]
    assert len(set(values)) == 500
    ever_set, always_set = 0, (1 << 128) - 1
    for value in values:
        ever_set |= value
        always_set &= value
    # 12 bits after the version and 62 after the variant: 74 that are random.
    assert (ever_set & ~always_set).bit_count() == 74


def test_a_session_id_is_twelve_characters_that_nobody_mistakes() -> None:
    ids = [session_id() for _ in range(2_000)]
    assert len(set(ids)) == len(ids)
    assert {len(one) for one in ids} == {12}
    # No 0 and o, no 1 and l and i: 31 letters, all of which come.
    assert set("".join(ids)) == set("abcdefghjkmnpqrstuvwxyz23456789")
