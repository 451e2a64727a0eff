"""Limits as the providers tell them, each in its own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.simulated import SimulatedClock
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.rate_limits import Limit, RateLimits, read_limits

NOW = 1_795_000_000_000


@pytest.mark.parametrize(
    ("headers", "limits"),
    [
        (
            {
                "x-ratelimit-limit-requests": "10000",
                "x-ratelimit-remaining-requests": "9999",
                "x-ratelimit-reset-requests": "1m2.5s",
                "x-ratelimit-limit-tokens": "5000",
                "x-ratelimit-reset-tokens": "6ms",
            },
            [Limit("requests", 10_000, 9_999, NOW + 62_500), Limit("tokens", 5_000, None, NOW + 6)],
        ),
        (
            {
                "anthropic-ratelimit-requests-limit": "50",
                "anthropic-ratelimit-requests-remaining": "49",
                "anthropic-ratelimit-requests-reset": "2026-01-01T00:00:00Z",
                "anthropic-ratelimit-input-tokens-remaining": "7",
            },
            [Limit("requests", 50, 49, 1_767_225_600_000), Limit("input-tokens", None, 7)],
        ),
        (
            {"x-ratelimit-remaining-tokens-minute": "3", "x-ratelimit-reset-tokens-minute": "33.01"},
            [Limit("tokens-minute", None, 3, NOW + 33_000)],
        ),
        (
            {"X-RateLimit-Limit": "20", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795000060000"},
            [Limit("requests", 20, 0, 1_795_000_060_000)],
        ),
        (
            {"ratelimit-remaining": "3", "ratelimit-reset": "1795000060"},
            [Limit("requests", None, 3, 1_795_000_060_000)],
        ),
        ({"x-ratelimit-tokens-query-cost": "52", "date": "today", "retry-after": "2"}, []),
        ({"x-ratelimit-limit-requests": "many", "x-ratelimit-reset-requests": "soon"}, []),
        ({"x-ratelimit-limit-requests": "-1", "x-ratelimit-remaining-requests": "nan"}, []),
        ({"x-ratelimit-limit-x": "1", "x-ratelimit-reset-x": "1m and more"}, [Limit("x", 1)]),
    ],
)
def test_what_the_headers_say(headers: dict[str, str], limits: list[Limit]) -> None:
    assert read_limits(headers, NOW) == limits


@given(
    st.dictionaries(st.sampled_from(["x-ratelimit-limit", "x-ratelimit-reset-a", "ratelimit-remaining-a"]), st.text())
)
def test_any_header_is_read_or_left_out(headers: dict[str, str]) -> None:
    for limit in read_limits(headers, NOW):
        assert limit.name


def test_the_last_word_of_each_key_is_kept() -> None:
    clock = SimulatedClock()
    limits, begun = RateLimits(clock), clock.now_ms()
    one, two = Credential("one", "s1", "vault"), Credential("two", "s2", "vault")
    limits.heard("groq", one, {"x-ratelimit-remaining-requests": "5"})
    clock.moment += 1
    limits.heard("groq", two, {"x-ratelimit-remaining-requests": "7"})
    clock.moment += 1
    limits.heard("groq", one, {"x-ratelimit-remaining-requests": "4"})
    clock.moment += 1
    limits.heard("groq", one, {"content-type": "text/html"})
    limits.heard("mistral", one, {"x-ratelimit-limit-requests": "none"})
    said = {one.key: (one.at_ms, one.limits[0].remaining) for one in limits.of("groq")}
    assert said == {"one": (begun + 2_000, 4), "two": (begun + 1_000, 7)}
    assert limits.of("mistral") == limits.of("ollama") == []
