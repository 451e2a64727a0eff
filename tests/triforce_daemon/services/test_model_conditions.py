"""The state of a model: the first word against it counts, and each state has its evidence."""

import pytest

from tests.triforce_daemon.simulated import SimulatedProvider
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.listed import Listed
from triforce_daemon.services.model_conditions import condition_of, nothing_observed
from triforce_daemon.services.model_lists import NEVER, Fetched

NOW = 1_795_000_000_000
CHAT = ("chat",)
FETCHED = Fetched(
    {
        "new": Listed("new", abilities=CHAT),
        "leaving": Listed("leaving", abilities=CHAT, deprecated="2026-12-24T00:00:00Z"),
        "left": Listed("left", abilities=CHAT, deprecated="2026-11-18"),
        "voice": Listed("voice"),
    },
    NOW - 1,
    gone={"old": NOW - 86_400_000},
)


def found(model: str | None, fetched: Fetched = FETCHED, **more: object) -> Condition:
    return condition_of(SimulatedProvider(**more), model, fetched, nothing_observed, NOW)


@pytest.mark.parametrize(
    ("model", "state", "date"),
    [
        (None, "ok", None),
        ("new", "ok", None),
        ("leaving", "deprecated", "2026-12-24T00:00:00Z"),
        ("left", "retired", "2026-11-18"),
        ("voice", "disabled", None),
        ("old", "retired", "2026-11-17"),
        ("never-heard", "unknown", None),
    ],
)
def test_what_a_list_tells(model: str | None, state: str, date: str | None) -> None:
    condition = found(model)
    assert (condition.state, condition.date, condition.at_ms) == (state, date, NOW - 1)
    assert bool(condition.reason) is (state != "ok")


def test_a_list_that_never_came() -> None:
    for model in (None, "any"):
        condition = found(model, NEVER)
        assert (condition.state, condition.fix) == ("unknown", "`triforce models refresh groq`")


def test_the_providers_own_word_comes_first_then_the_answers_then_the_failed_list() -> None:
    no_key, seen, down = Condition("no-key"), Condition("key-rejected", status=401), Condition("down", at_ms=NOW)
    failed = Fetched(FETCHED.models, FETCHED.at_ms, down)
    provider = SimulatedProvider(state=no_key)
    assert condition_of(provider, "new", failed, lambda *_: seen, NOW) == no_key
    provider.state = Condition("ok")
    assert condition_of(provider, "new", failed, lambda *_: seen, NOW) == seen
    assert condition_of(provider, "new", failed, nothing_observed, NOW) == down
    asked: list[str | None] = []
    condition_of(provider, "a/b", failed, lambda _, model: asked.append(model), NOW)
    condition_of(provider, None, failed, lambda _, model: asked.append(model), NOW)
    assert asked == ["groq/a/b", None]


def test_a_limit_that_is_over_is_none() -> None:
    limited = Condition("limited", until_ms=NOW)
    assert found("new", Fetched(FETCHED.models, NOW, limited)).state == "ok"
    assert found("new", Fetched(FETCHED.models, NOW, Condition("limited", until_ms=NOW + 1))).state == "limited"


def test_whom_it_costs_nothing_to_ask_needs_no_list() -> None:
    assert found("anything", NEVER, refresh_seconds=0.0).state == "ok"
