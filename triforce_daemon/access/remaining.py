"""What is left of a caller's limits, in the headers that OpenAI's clients know:
https://platform.openai.com/docs/guides/rate-limits
"""

import time
from collections.abc import Sequence

from triforce_daemon.stores.counters.counters import Scope, Standing
from triforce_daemon.stores.counters.periods import DAY_MS

Header = tuple[bytes, bytes]


def headers(scopes: Sequence[Scope], standings: Sequence[Standing]) -> list[Header]:
    """Of requests and of tokens: the limit of which the least is left, how much, and how long until all is back."""
    fewest: tuple[int, int, int] | None = None
    least: tuple[int, int] | None = None
    for scope, stands in zip(scopes, standings, strict=True):
        if scope.requests is not None:
            left = scope.requests - stands.requests
            if fewest is None or left < fewest[0]:
                fewest = (left, scope.requests, stands.no_request_ms)
        if scope.tokens is not None:
            left = scope.tokens - stands.tokens
            if least is None or left < least[0]:
                least = (left, scope.tokens)
    found: list[Header] = []
    if fewest is not None:
        found += _three(b"requests", fewest[1], fewest[0], fewest[2])
    if least is not None:
        found += _three(b"tokens", least[1], least[0], DAY_MS - time.time_ns() // 1_000_000 % DAY_MS)
    return found


def duration(ms: int) -> bytes:
    """`20ms`, `1s`, `6m0s`, `7h31m12s`."""
    if ms < 1_000:
        return b"%dms" % max(ms, 0)
    seconds = -(-ms // 1_000)
    if seconds < 60:
        return b"%ds" % seconds
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return b"%dm%ds" % (minutes, seconds)
    return b"%dh%dm%ds" % (*divmod(minutes, 60), seconds)


def _three(kind: bytes, limit: int, left: int, reset_ms: int) -> tuple[Header, Header, Header]:
    return (
        (b"x-ratelimit-limit-" + kind, b"%d" % limit),
        (b"x-ratelimit-remaining-" + kind, b"%d" % max(left, 0)),
        (b"x-ratelimit-reset-" + kind, duration(reset_ms)),
    )
