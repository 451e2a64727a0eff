from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.dialects.upstream_errors import error_of
from triforce_daemon.errors import (
    ContextExceeded,
    Forbidden,
    InvalidRequest,
    KeyRejected,
    ProviderUnavailable,
    TriforceError,
    UpstreamFailed,
    UpstreamLimited,
    UpstreamTimeout,
)
from triforce_daemon.services.routing.verdicts import Verdict, backoff, verdict, wait_of

OWN, KEY, LIMITED, AGAIN, ELSEWHERE = Verdict


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (400, OWN),
        (404, OWN),
        (413, OWN),
        (422, OWN),
        (401, KEY),
        (402, KEY),
        (403, KEY),
        (408, AGAIN),
        (409, AGAIN),
        (425, AGAIN),
        (429, LIMITED),
        (500, AGAIN),
        (502, AGAIN),
        (503, AGAIN),
        (504, AGAIN),
        (529, AGAIN),
        (410, ELSEWHERE),
        (418, ELSEWHERE),
    ],
)
def test_what_a_status_means(status: int, meaning: Verdict) -> None:
    assert verdict(error_of(status, "so")) is meaning


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (UpstreamFailed("No connection."), AGAIN),
        (UpstreamFailed("An error inside a stream.", upstream_status=200), AGAIN),
        (UpstreamTimeout("It did not answer."), ELSEWHERE),
        (ProviderUnavailable("No model here."), ELSEWHERE),
        (KeyRejected("no"), KEY),
        (UpstreamLimited("slow"), LIMITED),
        (InvalidRequest("no"), OWN),
        (ContextExceeded("long"), OWN),
        (Forbidden("no"), OWN),
    ],
)
def test_what_an_error_means(error: TriforceError, meaning: Verdict) -> None:
    assert verdict(error) is meaning


@given(st.integers(0, 10), st.floats(0.01, 10), st.integers())
def test_waits_double_and_stray_by_a_fifth(retry: int, base: float, seed: int) -> None:
    assert 0.8 <= backoff(base, retry, Random(seed)) / (base * 2**retry) <= 1.2 + 1e-9


@given(st.integers(0, 86_400_000), st.integers())
def test_a_wait_that_was_asked_for_is_kept(milliseconds: int, seed: int) -> None:
    waited = wait_of(UpstreamLimited("slow", retry_after_ms=milliseconds), Random(seed))
    assert milliseconds / 1_000 <= waited <= milliseconds / 1_000 * 1.25


def test_where_nothing_was_asked_nothing_is_made_up() -> None:
    assert wait_of(UpstreamLimited("slow"), Random(1)) is None
