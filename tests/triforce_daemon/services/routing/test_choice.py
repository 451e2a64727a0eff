"""Who is asked first, and who not at all."""

from collections import Counter
from random import Random

import pytest

from tests.triforce_daemon.simulated import SimulatedClock, SimulatedProvider, candidate, key
from triforce_daemon.errors import Forbidden, ProviderUnavailable, UpstreamFailed, UpstreamLimited
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.health import Health
from triforce_daemon.providers.listed import Listed
from triforce_daemon.services.candidates import Candidate, Resolution
from triforce_daemon.services.routing.choice import Choice
from triforce_daemon.services.routing.needs import Needs
from triforce_daemon.wire.boundary import Boundary

CHAT = Needs(frozenset({"chat"}), 10)
HERE = candidate(SimulatedProvider("builtin", boundary="machine"), "small")
NODE = candidate(SimulatedProvider("anna", boundary="own-nodes"))
CLOUD = candidate(SimulatedProvider("groq"))
OTHER = candidate(SimulatedProvider("mistral"))


def choice() -> Choice:
    return Choice(Health(SimulatedClock()), Random(7))


def alias(*candidates: Candidate, order: str = "priority", boundary: Boundary = "any") -> Resolution:
    return Resolution("fast", "fast", boundary, order, candidates)


def explicit(one: Candidate) -> Resolution:
    return Resolution(one.id, None, "any", "priority", (one,))


def names(candidates: object) -> list[str]:
    return [one.provider.name for one in candidates]


@pytest.mark.parametrize(
    ("boundary", "left"),
    [
        ("machine", ["builtin"]),
        ("own-nodes", ["builtin", "anna"]),
        ("mesh", ["builtin", "anna"]),
        ("any", ["groq", "builtin", "anna"]),
    ],
)
def test_an_alias_stays_within_the_callers_boundary_and_its_own(boundary: Boundary, left: list[str]) -> None:
    resolved = (CLOUD, HERE, NODE)
    assert names(choice().order(alias(*resolved), CHAT, boundary)) == left
    assert names(choice().order(alias(*resolved, boundary=boundary), CHAT, "any")) == left


def test_an_explicit_model_beyond_the_boundary_is_refused_and_not_replaced() -> None:
    with pytest.raises(Forbidden, match="groq/llama is beyond the boundary `machine`"):
        choice().order(explicit(CLOUD), CHAT, "machine")


def test_an_explicit_model_is_asked_whatever_is_known_against_it() -> None:
    down = candidate(SimulatedProvider("groq", state=Condition("down", "it sleeps")), listed=Listed("llama"))
    assert names(choice().order(explicit(down), Needs(frozenset({"chat", "vision"}), 10), "any")) == ["groq"]


@pytest.mark.parametrize("state", ["no-key", "retired", "down", "disabled"])
def test_who_cannot_answer_is_left_out_of_an_alias(state: str) -> None:
    out = candidate(SimulatedProvider("groq", state=Condition(state)))
    assert names(choice().order(alias(out, OTHER), CHAT, "any")) == ["mistral"]


def test_an_alias_with_nobody_left_says_why_of_each() -> None:
    out = candidate(SimulatedProvider("groq", state=Condition("no-key", "There is no key for groq.")))
    small = candidate(SimulatedProvider("mistral"), listed=Listed("llama", context=8, abilities=("chat",)))
    with pytest.raises(ProviderUnavailable) as caught:
        choice().order(alias(out, small), CHAT, "any")
    assert "no key for groq" in caught.value.message
    assert "about 10 tokens do not fit" in caught.value.message


def test_a_failing_model_is_left_out_while_its_breaker_is_open() -> None:
    chosen = choice()
    for _ in range(5):
        chosen.health.failed("groq", CLOUD.id, UpstreamFailed("broken", upstream_status=500))
    assert names(chosen.order(alias(CLOUD, OTHER), CHAT, "any")) == ["mistral"]


def test_a_model_that_has_failed_is_asked_again_when_its_breaker_lets_a_probe_through() -> None:
    clock = SimulatedClock()
    chosen = Choice(Health(clock), Random(7))
    for _ in range(5):
        chosen.health.failed("groq", CLOUD.id, UpstreamFailed("broken", upstream_status=500))
    clock.moment += 15
    assert names(chosen.order(alias(CLOUD, OTHER), CHAT, "any")) == ["groq", "mistral"]


def test_a_limited_provider_stays_a_last_resort() -> None:
    keyed = candidate(SimulatedProvider("groq", keys=(key("a"),)))
    chosen = choice()
    chosen.health.refused("groq", key("a"), UpstreamLimited("slow down", retry_after_ms=2_000))
    assert names(chosen.order(alias(keyed), CHAT, "any")) == ["groq"]


def test_the_faster_of_two_is_asked_first_by_score() -> None:
    chosen = choice()
    for _ in range(9):
        chosen.health.record(CLOUD.id).began(2.0, streamed=True)
        chosen.health.record(OTHER.id).began(0.1, streamed=True)
    for _ in range(20):
        assert names(chosen.order(alias(CLOUD, OTHER, order="scored"), CHAT, "any")) == ["mistral", "groq"]


def test_the_busier_of_two_equals_is_asked_less() -> None:
    chosen = choice()
    chosen.health.record(CLOUD.id).outstanding = 3
    assert names(chosen.order(alias(CLOUD, OTHER, order="scored"), CHAT, "any"))[0] == "mistral"


def test_of_many_not_all_run_to_the_best_one() -> None:
    chosen = choice()
    many = [candidate(SimulatedProvider(f"p{number}")) for number in range(6)]
    for number, one in enumerate(many):
        chosen.health.record(one.id).began(0.1 * (number + 1), streamed=True)
    first = Counter(names(chosen.order(alias(*many, order="scored"), CHAT, "any"))[0] for _ in range(600))
    # Power of two choices: the best of six is in a third of the pairs, the worst never wins one.
    assert 140 <= first["p0"] <= 260
    assert first["p5"] == 0


def test_by_weight_each_is_asked_first_half_as_often_as_the_one_before_it() -> None:
    chosen = choice()
    first = Counter(
        names(chosen.order(alias(CLOUD, OTHER, HERE, order="weighted"), CHAT, "any"))[0] for _ in range(700)
    )
    assert 350 <= first["groq"] <= 450
    assert 150 <= first["mistral"] <= 250
    assert 60 <= first["builtin"] <= 140
