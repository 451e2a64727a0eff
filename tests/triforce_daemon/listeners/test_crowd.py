"""How many may come, in all and from one address."""

import logging

import pytest

from triforce_daemon.listeners.crowd import Crowd, Seat, house_of


def test_there_is_room_for_so_many_and_again_when_one_leaves() -> None:
    crowd = Crowd(2, 0)
    first, second = crowd.enter("192.0.2.1"), crowd.enter("192.0.2.2")
    assert first is not None
    assert second is not None
    assert crowd.enter("192.0.2.3") is None
    first.leave()
    first.leave()
    assert crowd.size == 1
    assert crowd.enter("192.0.2.3") is not None
    assert crowd.enter("192.0.2.3") is None


def test_one_address_gets_only_so_many_and_the_others_theirs() -> None:
    crowd = Crowd(0, 2)
    assert [bool(crowd.enter("192.0.2.1")) for _ in range(3)] == [True, True, False]
    assert crowd.enter("192.0.2.2") is not None
    assert [bool(crowd.enter("2001:db8::1:0:0:0:1")) for _ in range(1)] == [True]
    assert [bool(crowd.enter(f"2001:db8:0:7::{number}")) for number in range(3)] == [True, True, False]


def test_this_machines_programs_share_an_address_and_are_not_counted_by_it() -> None:
    crowd = Crowd(5, 1)
    assert [bool(crowd.enter("127.0.0.1")) for _ in range(6)] == [True] * 5 + [False]


def test_without_a_limit_all_may_come() -> None:
    crowd = Crowd(0, 0)
    seats = [crowd.enter("192.0.2.1") for _ in range(100)]
    assert all(isinstance(seat, Seat) for seat in seats)


@pytest.mark.parametrize(
    ("address", "house"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("127.9.9.9", ""),
        ("::1", ""),
        ("::ffff:127.0.0.1", ""),
        ("", ""),
    ],
)
def test_for_whom_an_address_counts(address: str, house: str) -> None:
    assert house_of(address) == house


def test_who_is_turned_away_cannot_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    crowd = Crowd(1, 0)
    crowd.enter("192.0.2.1")
    with caplog.at_level(logging.WARNING):
        for _ in range(1_000):
            crowd.enter("192.0.2.1")
    assert len(caplog.records) == 10
