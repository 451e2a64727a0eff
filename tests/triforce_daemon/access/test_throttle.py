"""Guessing takes longer and longer, for names and for addresses."""

import pytest

from triforce_daemon.access.throttle import ADDRESS, NAME, Throttle
from triforce_daemon.errors import TooManyAttempts


def attempts(throttle: Throttle, now: float, name: str | None = "anna", address: str | None = None) -> int:
    """How many go through at this moment, of 100."""
    through = 0
    for _ in range(100):
        try:
            throttle.attempt(name, address, now)
        except TooManyAttempts:
            break
        through += 1
    return through


def test_some_are_free_and_then_it_takes_twice_as_long_each_time() -> None:
    throttle = Throttle()
    assert attempts(throttle, 0) == NAME.free
    now, waits = 0.0, []
    for _ in range(8):
        with pytest.raises(TooManyAttempts) as raised:
            throttle.attempt("anna", None, now)
        wait = (raised.value.retry_after_ms or 0) / 1_000
        waits.append(wait)
        now += wait
        throttle.attempt("anna", None, now)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_another_name_is_not_meant_but_its_address_is() -> None:
    throttle = Throttle()
    names = iter(range(1_000))
    through = sum(attempts(throttle, 0, f"u{next(names)}", "192.0.2.1") for _ in range(30))
    assert through == ADDRESS.free
    assert attempts(throttle, 0, "anna", "192.0.2.2") == NAME.free


def test_success_begins_anew() -> None:
    throttle = Throttle()
    assert attempts(throttle, 0) == NAME.free
    throttle.forgive("anna", None)
    assert attempts(throttle, 0) == NAME.free
    throttle.forgive("nobody", "192.0.2.1")


def test_who_knows_one_password_does_not_buy_guesses_with_it() -> None:
    throttle = Throttle()
    for at in range(ADDRESS.free - 1):
        throttle.attempt(f"victim-{at}", "192.0.2.1", 0)
        throttle.attempt("mine", "192.0.2.1", 0)
        throttle.forgive("mine", "192.0.2.1")
    assert attempts(throttle, 0, "another", "192.0.2.1") == 1


def test_after_an_hour_of_quiet_it_is_forgotten() -> None:
    throttle = Throttle()
    attempts(throttle, 0)
    assert attempts(throttle, 3_601) == NAME.free


def test_a_network_of_version_6_is_one_client() -> None:
    throttle = Throttle()
    through = sum(attempts(throttle, 0, None, f"2001:db8::{at:x}") for at in range(1, 60))
    assert through == ADDRESS.free
    assert attempts(throttle, 0, None, "2001:db8:0:1::1") == ADDRESS.free
    assert attempts(throttle, 0, None, "::ffff:192.0.2.9") == ADDRESS.free
    assert attempts(throttle, 0, None, "192.0.2.9") == 0
    assert attempts(throttle, 0, None, "no address") == ADDRESS.free


def test_it_does_not_remember_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triforce_daemon.access.throttle._REMEMBERED", 3)
    throttle = Throttle()
    attempts(throttle, 0)
    for at in range(3):
        throttle.attempt(f"u{at}", None, 1)
    assert attempts(throttle, 1) == NAME.free
