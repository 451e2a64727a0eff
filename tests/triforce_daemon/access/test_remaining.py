import pytest

from triforce_daemon.access.remaining import duration, headers
from triforce_daemon.stores.counters.counters import Scope, Standing


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, b"0ms"), (20, b"20ms"), (1_000, b"1s"), (59_001, b"1m0s"), (360_000, b"6m0s"), (27_072_000, b"7h31m12s")],
)
def test_durations_are_written_as_openai_does(ms: int, text: bytes) -> None:
    assert duration(ms) == text


def test_of_two_limits_the_tighter_one_is_told() -> None:
    scopes = (Scope("token/t", requests=100), Scope("user/anna", requests=60, tokens=1_000))
    told = dict(headers(scopes, (Standing(requests=90), Standing(requests=10, tokens=400, no_request_ms=30_000))))
    assert told[b"x-ratelimit-limit-requests"] == b"100"
    assert told[b"x-ratelimit-remaining-requests"] == b"10"
    assert told[b"x-ratelimit-remaining-tokens"] == b"600"


def test_nothing_is_told_of_what_is_not_limited() -> None:
    assert headers((Scope("daemon", spend=5),), (Standing(),)) == []


def test_less_than_nothing_is_nothing() -> None:
    told = dict(headers((Scope("user/anna", tokens=10),), (Standing(tokens=25),)))
    assert told[b"x-ratelimit-remaining-tokens"] == b"0"
