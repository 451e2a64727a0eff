"""What is left of a caller's limits, in the headers that OpenAI's clients know:
https://platform.openai.com/docs/guides/rate-limits
"""

import time
from collections.abc import Sequence
from functools import lru_cache

from triforce_daemon.stores.counters.counters import Scope, Standing
from triforce_daemon.stores.counters.periods import DAY_MS

Header = tuple[bytes, bytes]


def headers(scopes: Sequence[Scope], standings: Sequence[Standing]) -> list[Header]:
    """Of requests and of tokens: the limit of which the least is left, how much, and how long until all is back."""
    fewest: tuple[int, int, int] | None = None
    least: tuple[int, int] | None = None
    for scope, stands in zip(scopes, standings, strict=True):
        if (limit := scope.requests) is not None:
            left = limit - stands.requests
            if fewest is None or left < fewest[0]:
                fewest = (left, limit, stands.no_request_ms)
        if (limit := scope.tokens) is not None:
            left = limit - stands.tokens
            if least is None or left < least[0]:
                least = (left, limit)
    found: list[Header] = []
    if fewest is not None:
        left, limit, reset_ms = fewest
        found += (
            (b"x-ratelimit-limit-requests", b"%d" % limit),
            (b"x-ratelimit-remaining-requests", b"%d" % max(left, 0)),
            (b"x-ratelimit-reset-requests", duration(reset_ms)),
        )
    if least is not None:
        left, limit = least
        found += (
            (b"x-ratelimit-limit-tokens", b"%d" % limit),
            (b"x-ratelimit-remaining-tokens", b"%d" % max(left, 0)),
            (b"x-ratelimit-reset-tokens", duration(DAY_MS - time.time_ns() // 1_000_000 % DAY_MS)),
        )
    return found


def duration(ms: int) -> bytes:
    """`20ms`, `1s`, `6m0s`, `7h31m12s`."""
    return b"%dms" % max(ms, 0) if ms < 1_000 else _of_seconds(-(-ms // 1_000))


@lru_cache(maxsize=256)
def _of_seconds(seconds: int) -> bytes:
    """Whoever asks in the same second waits as long until the day's end."""
    if seconds < 60:
        return b"%ds" % seconds
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return b"%dm%ds" % (minutes, seconds)
    return b"%dh%dm%ds" % (*divmod(minutes, 60), seconds)
