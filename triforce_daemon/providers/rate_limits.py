"""What providers say of their limits in the headers of their answers, and what they said last."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from triforce_daemon.providers.credential import Credential
from triforce_daemon.runtime.clock import Clock, parse_rfc3339

#: `x-ratelimit-remaining-tokens` (OpenAI, Groq, Cerebras, Mistral), `anthropic-ratelimit-tokens-remaining`,
#: `ratelimit-remaining` (OpenRouter and the IETF's draft).
_PARTS = ("limit", "remaining", "reset")
_HEADER = re.compile(r"(?:x-|anthropic-)?ratelimit-(?P<rest>[a-z-]{1,64})")
_SPAN = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)(ms|s|m|h|d)")
_UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
#: Numbers above these are moments, not spans: seconds, and milliseconds, since 1970.
_SECONDS_SINCE_1970, _MILLISECONDS_SINCE_1970 = 1_000_000_000, 1_000_000_000_000
_MOST = 1 << 53


@dataclass(slots=True)
class Limit:
    """`name` is what is counted, as the provider calls it: requests, tokens, tokens-minute."""

    name: str
    limit: int | None = None
    remaining: int | None = None
    resets_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    key: str
    at_ms: int
    limits: list[Limit]


class RateLimits:
    """The last word of each provider on each key; headers are read only when somebody asks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heard: dict[str, dict[str, tuple[int, Mapping[str, str]]]] = {}

    def heard(self, provider: str, credential: Credential, headers: Mapping[str, str]) -> None:
        """The provider has answered a request with this key, well or badly, with these headers."""
        if "ratelimit-" in " ".join(headers):
            self._heard.setdefault(provider, {})[credential.name] = (self._clock.now_ms(), headers)

    def of(self, provider: str) -> list[Said]:
        """By key; nothing where the provider says nothing."""
        heard = self._heard.get(provider, {})
        said = [Said(key, at_ms, read_limits(headers, at_ms)) for key, (at_ms, headers) in heard.items()]
        return [one for one in said if one.limits]


def read_limits(headers: Mapping[str, str], now_ms: int) -> list[Limit]:
    """The limits that these headers tell of, in the order in which they do; what cannot be understood is left out."""
    found: dict[str, Limit] = {}
    for header, value in headers.items():
        match = _HEADER.fullmatch(header.lower())
        if match is None:
            continue
        for part, name in _read(match["rest"]):
            limit = found.setdefault(name, Limit(name))
            if part == "reset":
                limit.resets_at_ms = _moment(value, now_ms)
            elif (number := _number(value)) is not None:
                setattr(limit, part, number)
    return [limit for limit in found.values() if limit.limit is not None or limit.remaining is not None]


def _read(rest: str) -> Iterator[tuple[str, str]]:
    """What a header tells, and of what: `remaining-tokens-minute` and `tokens-remaining` both tell what remains."""
    words = rest.split("-")
    for part in _PARTS:
        if words[0] == part:
            yield part, "-".join(words[1:]) or "requests"
        elif words[-1] == part:
            yield part, "-".join(words[:-1])


def _number(text: str) -> int | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return int(value) if 0 <= value < _MOST else None


def _moment(text: str, now_ms: int) -> int | None:
    """Milliseconds since 1970: `6ms`, `1m2.5s`, `60` (seconds), a moment as a number or as RFC 3339."""
    if spans := _SPAN.findall(text):
        if "".join(map("".join, spans)) != text:
            return None
        return now_ms + round(sum(float(number) * _UNITS[unit] for number, unit in spans))
    value = _number(text)
    if value is None:
        try:
            return parse_rfc3339(text)
        except ValueError:
            return None
    if value >= _MILLISECONDS_SINCE_1970:
        return value
    if value >= _SECONDS_SINCE_1970:
        return value * 1_000
    return now_ms + value * 1_000
