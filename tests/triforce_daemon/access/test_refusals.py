import pytest

from triforce_daemon.access.refusals import refusal
from triforce_daemon.errors import LimitReached, SpendReached, TokensUsedUp, TooManyParallel
from triforce_daemon.stores.counters.counters import Ask, Kind, Refusal, Scope, Standing

NANO = 10**9
NOTHING = Ask(0, 0)


def told(
    scope: Scope, kind: Kind, stands: Standing, ask: Ask = NOTHING, wait_ms: int | None = None, *, held: bool = False
) -> LimitReached:
    return refusal(Refusal(scope, 0, kind, [stands], wait_ms, held), ask, [(b"x-left", b"1")])


def test_requests_come_back_when_it_is_said() -> None:
    error = told(Scope("token/t", requests=1), "requests", Standing(requests=1), wait_ms=1_500)
    assert error.message == "1 request a minute are what this token has, and they are used up."
    assert (error.hint, error.retry_after_ms, error.headers) == ("Try again in 2 s.", 1_500, [(b"x-left", b"1")])


def test_what_is_under_way_ends_soon() -> None:
    error = told(Scope("guest", parallel=2), "parallel", Standing(parallel=2), held=True)
    assert isinstance(error, TooManyParallel)
    assert "all guests together have" in error.message
    assert error.retry_after_ms == 1_000


@pytest.mark.parametrize(
    ("ask", "held", "wait", "says", "retry"),
    [
        (500, False, 7_000, "midnight", 7_000),
        (500, True, None, "held by requests under way", 1_000),
        (2_000, False, 7_000, "Ask for less at a time", 7_000),
    ],
)
def test_tokens(ask: int, held: bool, wait: int | None, says: str, retry: int) -> None:
    scope = Scope("user/anna", tokens=1_000)
    error = told(scope, "tokens", Standing(tokens=900), Ask(ask, 0), wait, held=held)
    assert isinstance(error, TokensUsedUp)
    assert says in f"{error.message} {error.hint}"
    assert "100 are left" in error.message
    assert error.retry_after_ms == retry
    assert ((b"x-should-retry", b"false") in error.headers) is not held


@pytest.mark.parametrize(
    ("scope", "wait", "says"),
    [
        (Scope("user/anna", spend=5 * NANO, period="day"), 7_000, "midnight"),
        (Scope("user/anna", spend=5 * NANO, period="month"), 7_000, "next month"),
        (Scope("token/t", spend=5 * NANO), None, "Make a token with a higher one"),
        (Scope("daemon", spend=5 * NANO), None, "limits.spend"),
    ],
)
def test_a_spend_cap_says_when_it_begins_anew_or_who_can_raise_it(scope: Scope, wait: int | None, says: str) -> None:
    error = told(scope, "spend", Standing(spend=4_990_000_000), Ask(0, 20_000_000), wait)
    assert isinstance(error, SpendReached)
    assert "$4.99 are used or held, and it may cost $0.02" in error.message
    assert says in (error.hint or "")
    assert error.retry_after_ms == wait
