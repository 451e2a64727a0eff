"""Retries, keys and fallbacks, in time that passes only in numbers."""

from collections.abc import Callable
from random import Random

import pytest

from tests.triforce_daemon.simulated import SimulatedClock, SimulatedProvider, candidate, key
from triforce_daemon.errors import (
    ContextExceeded,
    CredentialsExhausted,
    InvalidRequest,
    KeyMissing,
    KeyRejected,
    ProviderUnavailable,
    TriforceError,
    UpstreamFailed,
    UpstreamLimited,
    UpstreamTimeout,
)
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.health import Health
from triforce_daemon.services.candidates import Candidate
from triforce_daemon.services.routing.attempts import Attempts, Tally
from triforce_daemon.services.routing.budget import Budget
from triforce_daemon.services.routing.seat import Seat
from triforce_daemon.settings import Routing


def limited(seconds: float | None) -> UpstreamLimited:
    return UpstreamLimited(
        "slow down", retry_after_ms=None if seconds is None else round(seconds * 1_000), upstream_status=429
    )


REJECTED = KeyRejected("no", upstream_status=401)


def failing(status: int | None = 500) -> UpstreamFailed:
    return UpstreamFailed("broken", upstream_status=status)


class World:
    """`script` is what each request comes to, in turn: an error, or None for an answer."""

    def __init__(self, *script: TriforceError | None, **settings: float) -> None:
        self.clock = SimulatedClock()
        self.health = Health(self.clock)
        self.budget = Budget(0.2)
        self.script = list(script)
        self.asked: list[tuple[str, str]] = []
        self.tally = Tally()
        routing = Routing.model_validate(settings)
        self.attempts = Attempts(self.health, self.budget, routing, self.clock, Random(1))

    async def go(self, seat: Seat) -> str:
        self.asked.append((seat.candidate.id, seat.credential.name))
        outcome = self.script.pop(0) if self.script else None
        if outcome is not None:
            raise outcome
        return f"{seat.candidate.id} by {seat.credential.name}"

    async def run(self, *candidates: Candidate) -> str:
        return await self.attempts.run(candidates, self.go, self.tally)


ALONE = candidate(SimulatedProvider())


async def test_two_failures_and_an_answer_with_waits_that_double() -> None:
    world = World(failing(), failing(503))
    assert await world.run(ALONE) == "groq/llama by none"
    first, second = world.clock.slept
    assert 0.8 * 0.25 <= first <= 1.2 * 0.25
    assert 0.8 * 0.5 <= second <= 1.2 * 0.5
    assert (world.tally.attempts, world.tally.retries) == (3, 2)


@pytest.mark.parametrize("status", [408, 409, 425, 500, 502, 503, 529, None])
async def test_what_is_the_providers_fault_is_tried_again_as_often_as_set(status: int | None) -> None:
    world = World(*[failing(status)] * 9, retries=2)
    with pytest.raises(UpstreamFailed):
        await world.run(ALONE)
    assert len(world.asked) == 3


@pytest.mark.parametrize("error", [InvalidRequest("no", upstream_status=400), ContextExceeded("long")])
async def test_what_is_the_requests_fault_is_never_tried_again_nor_elsewhere(error: TriforceError) -> None:
    world = World(error)
    with pytest.raises(type(error)):
        await world.run(ALONE, candidate(SimulatedProvider("mistral")))
    assert len(world.asked) == 1
    assert world.clock.slept == []


async def test_who_let_us_wait_is_not_asked_again_but_the_next_one_is() -> None:
    world = World(UpstreamTimeout("late"))
    assert await world.run(ALONE, candidate(SimulatedProvider("mistral"), "small")) == "mistral/small by none"
    assert world.clock.slept == []


async def test_a_limit_is_waited_for_once_and_never_cut_short() -> None:
    world = World(limited(2))
    assert await world.run(ALONE) == "groq/llama by none"
    (waited,) = world.clock.slept
    assert 2 <= waited <= 2.5
    assert world.tally.retries == 1

    world = World(limited(2), limited(2))
    with pytest.raises(UpstreamLimited):
        await world.run(ALONE)
    assert len(world.asked) == 2


@pytest.mark.parametrize("seconds", [None, 11.0])
async def test_a_limit_without_end_or_with_a_far_one_is_told_at_once(seconds: float | None) -> None:
    world = World(limited(seconds))
    with pytest.raises(UpstreamLimited) as caught:
        await world.run(ALONE)
    assert caught.value.retry_after_ms == (None if seconds is None else 11_000)
    assert world.clock.slept == []


async def test_another_key_is_used_at_once_where_one_is_limited() -> None:
    keyed = candidate(SimulatedProvider(keys=(key("a"), key("b"))))
    world = World(limited(2))
    assert await world.run(keyed) == "groq/llama by b"
    assert world.clock.slept == []
    # The limited key rests: the next call begins with the other one.
    assert await world.run(keyed) == "groq/llama by b"
    world.clock.moment += 2.1
    assert await world.run(keyed) == "groq/llama by a"


async def test_a_refused_key_is_left_without_a_wait_and_comes_last_from_then_on() -> None:
    keyed = candidate(SimulatedProvider(keys=(key("a"), key("b"), key("c"))))
    world = World(REJECTED)
    assert await world.run(keyed) == "groq/llama by b"
    assert await world.run(keyed) == "groq/llama by b"
    assert world.asked[0] == ("groq/llama", "a")
    assert world.clock.slept == []
    world.health.forget_keys("groq")
    assert await world.run(keyed) == "groq/llama by a"


async def test_all_keys_dead_is_said_of_the_daemons_keys() -> None:
    keyed = candidate(SimulatedProvider(keys=(key("a"), key("b"), key("c"))))
    world = World(*[REJECTED] * 3)
    with pytest.raises(CredentialsExhausted) as caught:
        await world.run(keyed)
    assert (caught.value.status, caught.value.code) == (502, "upstream_credentials_exhausted")
    assert "secret" not in str(caught.value.message)
    assert len(world.asked) == 3


async def test_without_a_key_nothing_is_sent_and_the_fix_is_told() -> None:
    world = World()
    state = Condition("no-key", "There is no key for groq.", "`triforce keys set groq`")
    with pytest.raises(KeyMissing, match="no key for groq") as caught:
        await world.run(candidate(SimulatedProvider(keys=(), state=state)))
    assert caught.value.hint == "`triforce keys set groq`"
    assert world.asked == []


async def test_the_next_candidate_takes_over_and_the_summary_names_all() -> None:
    others = (ALONE, candidate(SimulatedProvider("mistral"), "small"))
    world = World(*[failing()] * 3)
    assert await world.run(*others) == "mistral/small by none"

    world = World(*[failing()] * 6)
    with pytest.raises(UpstreamFailed, match="None of 2 candidates") as caught:
        await world.run(*others)
    assert "groq/llama: broken" in caught.value.message
    assert "mistral/small: broken" in caught.value.message


async def test_an_explicit_model_is_the_only_one_that_is_asked() -> None:
    world = World(*[failing()] * 50)
    with pytest.raises(UpstreamFailed):
        await world.run(ALONE)
    assert {asked for asked, _ in world.asked} == {"groq/llama"}


async def test_after_enough_failures_nothing_is_sent_until_a_probe_is_due() -> None:
    world = World(*[failing()] * 500, retries=0)
    for _ in range(5):
        with pytest.raises(UpstreamFailed):
            await world.run(ALONE)
    with pytest.raises(ProviderUnavailable, match="not asked for the next 15 s") as caught:
        await world.run(ALONE)
    assert caught.value.retry_after_ms == 15_000
    assert len(world.asked) == 5
    world.clock.moment += 15
    world.script.clear()
    assert await world.run(ALONE) == "groq/llama by none"
    assert await world.run(ALONE) == "groq/llama by none"


@pytest.mark.parametrize(
    "shows_nothing",
    [
        InvalidRequest("No.", upstream_status=400),
        UpstreamLimited("Slow down.", upstream_status=429),
        KeyRejected("Who?", upstream_status=401),
    ],
)
async def test_a_probe_that_shows_nothing_is_followed_by_another(shows_nothing: TriforceError) -> None:
    world = World(*[failing()] * 5, retries=0)
    for _ in range(5):
        with pytest.raises(UpstreamFailed):
            await world.run(ALONE)
    world.clock.moment += 15
    world.script.append(shows_nothing)
    with pytest.raises(TriforceError):
        await world.run(ALONE)
    assert await world.run(ALONE) == "groq/llama by none"


async def test_retries_stay_within_their_share() -> None:
    """Ten minutes of an upstream that fails every second request: at most a fifth more than was wanted."""
    world = World(retries=5, breaker_failures=1_000)
    sent = 0

    async def go(seat: Seat) -> None:
        nonlocal sent
        sent += 1
        if sent % 2:
            raise failing()

    wanted = 2_000
    for _ in range(wanted):
        world.clock.moment += 0.3
        try:
            await world.attempts.run([ALONE], go, Tally())
        except (UpstreamFailed, ProviderUnavailable):
            continue
    assert sent <= wanted * 1.2 + 10


async def test_a_provider_that_speaks_of_itself_does_not_trip_the_breaker() -> None:
    world = World(*[ProviderUnavailable("The file cannot be fetched.")] * 20)
    for _ in range(20):
        with pytest.raises(ProviderUnavailable, match="cannot be fetched"):
            await world.run(ALONE)


@pytest.mark.parametrize("lateness", [lambda: failing(), lambda: limited(9)])
async def test_no_wait_goes_beyond_the_time_for_retries(lateness: Callable[[], TriforceError]) -> None:
    world = World(lateness(), retry_seconds=0.1)
    with pytest.raises(TriforceError):
        await world.run(ALONE)
    assert world.clock.slept == []
