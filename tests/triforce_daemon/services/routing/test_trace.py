"""The way of a request, as the audit keeps it."""

from types import SimpleNamespace
from typing import Any, cast

from tests.triforce_daemon.simulated import SimulatedProvider, candidate
from triforce_daemon.errors import KeyMissing, TriforceError, UpstreamFailed
from triforce_daemon.services.routing.attempts import Tally
from triforce_daemon.services.routing.trace import route_of


def attempt(name: str, **other: Any) -> Any:
    seat = SimpleNamespace(candidate=candidate(SimulatedProvider(name)))
    return SimpleNamespace(
        **{"seat": seat, "failure": None, "broke_off": None, "abandoned": False, "took": 0.0123, **other}
    )


def told(tried: list[Any], tally: Tally, error: TriforceError | None = None) -> list[tuple[object, ...]]:
    return [tuple(cast(dict[str, object], one).values()) for one in route_of(tried, tally, error)]


def test_each_is_told_with_what_it_came_to() -> None:
    failed = UpstreamFailed("no", upstream_status=500)
    tally = Tally(failures=[("none/llama", KeyMissing("no key")), ("groq/llama", failed)])
    tried = [attempt("groq", failure=failed), attempt("groq", failure=failed), attempt("mistral")]
    assert told(tried, tally) == [
        ("none/llama", None, "upstream_key_missing", None),
        ("groq/llama", 500, "upstream_failed", 12),
        ("groq/llama", 500, "upstream_failed", 12),
        ("mistral/llama", 200, None, 12),
    ]


def test_who_broke_off_or_was_given_up_has_answered_in_part_or_not() -> None:
    error = UpstreamFailed("broke off")
    tried = [attempt("groq", broke_off=error), attempt("claude", abandoned=True, took=None), attempt("mistral")]
    assert told(tried, Tally(), error) == [
        ("groq/llama", 200, "upstream_failed", 12),
        ("claude/llama", None, "given_up", None),
        ("mistral/llama", 200, "upstream_failed", 12),
    ]


def test_of_many_attempts_the_last_are_told() -> None:
    assert len(told([attempt("groq") for _ in range(50)], Tally())) == 20
