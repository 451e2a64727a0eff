"""Who is let through, and that what he held is settled once. How it is counted is tried in `stores/counters`."""

import timeit

import pytest

from triforce_daemon.access.rate_limiter import FREE, RateLimiter
from triforce_daemon.access.tier_manager import Allowance, TierManager
from triforce_daemon.access.tiers import Tiers
from triforce_daemon.access.users import Users
from triforce_daemon.errors import TokensUsedUp
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.stores.counters.counters import Ask, Past, Scope
from triforce_daemon.stores.counters.in_memory import InMemory

SCOPE = Scope("user/anna", requests=10**9, parallel=8, tokens=10**9)


async def nothing(_: Scope) -> Past:
    return Past()


@pytest.fixture
def limiter() -> RateLimiter:
    users = Users(None, Tiers())  # pyright: ignore[reportArgumentType]
    return RateLimiter(TierManager(users), InMemory(nothing, Clock()))


async def used(limiter: RateLimiter, allowance: Allowance) -> tuple[int, int]:
    [stands] = await limiter.standings(allowance)
    return stands.parallel, stands.tokens


async def test_whom_nothing_limits_holds_nothing(limiter: RateLimiter) -> None:
    hold = await limiter.admit(Allowance(), "r1", [Ask(10, 10)])
    assert hold is FREE
    hold.settle(5, 5)
    assert (hold.limits, hold.headers) == (False, ())


async def test_what_was_not_settled_at_the_end_used_nothing(limiter: RateLimiter) -> None:
    allowance = Allowance((SCOPE,))
    with await limiter.admit(allowance, "r1", [Ask(100, 0)]):
        assert await used(limiter, allowance) == (1, 100)
    assert await used(limiter, allowance) == (0, 0)
    with await limiter.admit(allowance, "r2", [Ask(100, 0)]) as hold:
        hold.settle(7, 0)
    assert await used(limiter, allowance) == (0, 7)


async def test_what_is_left_is_what_was_left_when_the_request_came(limiter: RateLimiter) -> None:
    allowance = Allowance((Scope("user/ben", requests=9, tokens=1_000),))
    hold = await limiter.admit(allowance, "r1", [Ask(100, 0)])
    with await limiter.admit(allowance, "r2", [Ask(300, 0)]):
        left = dict(hold.headers)
        assert (left[b"x-ratelimit-remaining-requests"], left[b"x-ratelimit-remaining-tokens"]) == (b"8", b"900")
        assert hold.headers is hold.headers, "it is reckoned once"
    hold.settle()


async def test_over_a_limit_it_says_what_is_left(limiter: RateLimiter) -> None:
    allowance = Allowance((Scope("user/ben", tokens=50),))
    with pytest.raises(TokensUsedUp) as refused:
        await limiter.admit(allowance, "r1", [Ask(100, 0)])
    assert dict(refused.value.headers)[b"x-ratelimit-remaining-tokens"] == b"50"


async def test_who_is_forgotten_is_asked_of_the_ledger_anew(limiter: RateLimiter) -> None:
    allowance = Allowance((SCOPE,))
    with await limiter.admit(allowance, "r1", [Ask(100, 0)]) as hold:
        hold.settle(7, 0)
    await limiter.forget("anna")
    assert await used(limiter, allowance) == (0, 0)


async def test_it_takes_microseconds(limiter: RateLimiter) -> None:
    allowance, asks = Allowance((SCOPE,)), [Ask(100, 0)]
    best = 1.0
    for _ in range(5):
        began = timeit.default_timer()
        for _ in range(200):
            (await limiter.admit(allowance, "r", asks)).settle(10, 0)
        best = min(best, (timeit.default_timer() - began) / 200)
    assert best < 100e-6
