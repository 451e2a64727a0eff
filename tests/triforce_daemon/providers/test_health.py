"""What answers show, in time that is a number."""

import pytest

from tests.triforce_daemon.simulated import SimulatedClock, key
from triforce_daemon.errors import KeyRejected, UpstreamFailed, UpstreamLimited
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.health import MOST_RECORDS, REST_SECONDS, SAMPLES, Health

A, B = key("a"), key("b")
NOBODY = UpstreamFailed("No connection.")
BROKEN = UpstreamFailed("It answered 500.", upstream_status=500)


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock()


@pytest.fixture
def health(clock: SimulatedClock) -> Health:
    return Health(clock)


def state(health: Health, model: str = "groq/m", keys: tuple = (A,)) -> Condition | None:
    return health.condition("groq", model, keys)


def test_of_what_was_never_asked_nothing_is_said(health: Health) -> None:
    assert state(health) is None
    assert health.enter("groq", "groq/m")


def test_where_nobody_answers_all_models_of_the_provider_rest(health: Health) -> None:
    for _ in range(5):
        health.failed("groq", "groq/m", NOBODY)
    assert not health.enter("groq", "groq/other")
    assert state(health, "groq/other").state == "down"


def test_where_one_model_fails_the_others_go_on(health: Health) -> None:
    for _ in range(5):
        health.failed("groq", "groq/m", BROKEN)
    assert not health.enter("groq", "groq/m")
    assert health.enter("groq", "groq/other")
    assert (state(health).state, state(health).status) == ("down", 500)
    assert state(health, "groq/other") is None


def test_a_probe_is_not_used_up_by_a_request_that_is_not_sent(health: Health, clock: SimulatedClock) -> None:
    for _ in range(5):
        health.failed("groq", "groq/m", NOBODY)
    clock.moment += 10
    for _ in range(5):
        health.failed("groq", "groq/m", BROKEN)
    clock.moment += 6
    # The provider's time is over, the model's is not.
    assert not health.enter("groq", "groq/m")
    assert health.enter("groq", "groq/other")


def test_how_long_it_rests_is_told(health: Health, clock: SimulatedClock) -> None:
    assert health.shut_for("groq", "groq/m") == 0
    for _ in range(5):
        health.failed("groq", "groq/m", BROKEN)
    clock.moment += 5
    assert health.shut_for("groq", "groq/m") == 10


def test_some_failures_are_a_degradation_and_pass_with_successes(health: Health) -> None:
    health.failed("groq", "groq/m", BROKEN)
    health.failed("groq", "groq/m", BROKEN)
    degraded = state(health)
    assert degraded.state == "degraded"
    assert degraded.callable
    assert "36% of the last requests failed" in degraded.reason
    health.succeeded("groq", "groq/m", A)
    assert state(health) is None


def test_a_refused_key_speaks_for_the_provider_only_where_it_has_no_other(health: Health) -> None:
    health.refused("groq", A, KeyRejected("no", upstream_status=401))
    assert state(health, keys=(A, B)) is None
    refused = state(health, keys=(A,))
    assert (refused.state, refused.status) == ("key-rejected", 401)
    health.forget_keys("groq")
    assert state(health, keys=(A,)) is None


def test_a_limited_key_rests_as_long_as_it_was_told(health: Health, clock: SimulatedClock) -> None:
    health.refused("groq", A, UpstreamLimited("slow", retry_after_ms=2_000, upstream_status=429))
    limited = state(health)
    assert limited.state == "limited"
    assert limited.until_ms == clock.now_ms() + 2_000
    assert health.in_turn("groq", [A, B]) == [B, A]
    clock.moment += 2
    assert state(health) is None
    assert health.in_turn("groq", [A, B]) == [A, B]


def test_a_limit_without_an_end_rests_for_a_while(health: Health, clock: SimulatedClock) -> None:
    health.refused("groq", A, UpstreamLimited("slow"))
    clock.moment += REST_SECONDS - 0.1
    assert health.rests("groq", A)
    clock.moment += 0.2
    assert not health.rests("groq", A)


def test_keys_of_the_same_name_are_told_apart_by_their_provider(health: Health) -> None:
    health.refused("groq", A, KeyRejected("no"))
    assert health.rests("mistral", A) is None


def test_first_tokens_have_an_average_and_a_percentile(health: Health) -> None:
    record = health.record("groq/m")
    assert record.percentile(0.95, streamed=True) is None
    for number in range(SAMPLES):
        health.record("groq/m").began(0.1 if number % 16 else 2.0, streamed=True)
    assert record.percentile(0.5, streamed=True) == 0.1
    assert record.percentile(0.95, streamed=True) == 2.0
    assert record.percentile(0.95, streamed=False) is None
    assert 0.1 <= record.first_token <= 2.0


def test_names_that_callers_make_up_are_not_remembered_for_ever(health: Health) -> None:
    for _ in range(5):
        health.failed("groq", "groq/m", NOBODY)
    health.record("groq/busy").outstanding += 1
    for number in range(3 * MOST_RECORDS):
        health.record(f"groq/m:{number}")
    assert len(health._records) <= MOST_RECORDS
    assert not health.enter("groq", "groq/m")
    assert health.record("groq/busy").outstanding == 1


def test_an_answer_to_the_old_key_says_nothing_of_the_new_one(health: Health) -> None:
    new = Credential(A.name, "another secret", A.origin)
    health.forget_keys("groq")
    health.refused("groq", A, KeyRejected("No.", upstream_status=401))
    assert health.rests("groq", new) is None
    assert state(health, keys=(new,)) is None


def test_an_answer_ends_the_rest_of_who_failed(health: Health, clock: SimulatedClock) -> None:
    for _ in range(5):
        health.failed("groq", "groq/m", NOBODY)
    clock.moment += 15
    assert health.enter("groq", "groq/m")
    assert not health.enter("groq", "groq/m")
    health.succeeded("groq", "groq/m", A)
    assert health.enter("groq", "groq/m")
    assert health.enter("groq", "groq/other")
    for _ in range(4):
        health.failed("groq", "groq/m", NOBODY)
    assert health.enter("groq", "groq/m")
