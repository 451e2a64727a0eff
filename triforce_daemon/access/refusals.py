"""Says to somebody who is over a limit which one, whose it is, and what he can do."""

from collections.abc import Sequence

from triforce_daemon.access.remaining import Header
from triforce_daemon.errors import LimitReached, SpendReached, TokensUsedUp, TooManyParallel, TooManyRequests
from triforce_daemon.stores.counters.counters import Ask, Refusal, Scope
from triforce_daemon.wire.spend import dollars

#: How long to wait for a request that is under way, of which nobody knows when it ends.
SHORT_MS = 1_000

_TIMES = {"day": " a day", "month": " a month", "total": ""}


def refusal(found: Refusal, ask: Ask, left: Sequence[Header]) -> LimitReached:
    """`left`: what is left, as headers."""
    say = {"requests": _requests, "parallel": _parallel, "tokens": _tokens, "spend": _spend}[found.kind]
    error = say(found, ask)
    passes = found.held or found.kind == "requests"
    # Some clients try again by themselves, and again: not for what takes hours.
    error.headers = left if passes else [*left, (b"x-should-retry", b"false")]
    return error


def _requests(found: Refusal, _: Ask) -> LimitReached:
    limit, whose = found.scope.requests or 0, _whose(found.scope)
    wait = found.wait_ms or SHORT_MS
    return TooManyRequests(
        f"{_several(limit, 'request')} a minute {whose}, and they are used up.",
        f"Try again in {_seconds(wait)}.",
        retry_after_ms=wait,
    )


def _parallel(found: Refusal, _: Ask) -> LimitReached:
    limit, whose = found.scope.parallel or 0, _whose(found.scope)
    return TooManyParallel(
        f"{_several(limit, 'request')} at the same time {whose}, and so many are under way.",
        "Wait for one of them to end.",
        retry_after_ms=SHORT_MS,
    )


def _tokens(found: Refusal, ask: Ask) -> LimitReached:
    scope, limit = found.scope, found.scope.tokens or 0
    left = max(limit - found.standing.tokens, 0)
    message = f"This may need {ask.tokens:,} tokens; of the {limit:,} a day that {_has(scope)}, {left:,} are left"
    if found.held:
        message, hint = f"{message}: the rest is held by requests under way.", "Wait for one of them to end."
    elif ask.tokens > limit:
        message, hint = f"{message}.", "Ask for less at a time: a shorter prompt, a smaller max_tokens."
    else:
        message, hint = f"{message}.", "They begin anew at midnight, UTC. Less may do: a smaller max_tokens."
    return TokensUsedUp(message, hint, retry_after_ms=SHORT_MS if found.held else found.wait_ms)


def _spend(found: Refusal, ask: Ask) -> LimitReached:
    scope, used = found.scope, found.standing.spend
    cap = f"The spend cap of ${dollars(scope.spend or 0)}{_TIMES[scope.period]} {_of(scope)}"
    message = f"{cap} does not cover this: ${dollars(used)} are used or held, and it may cost ${dollars(ask.spend)}."
    if found.held:
        return SpendReached(message, "Wait for a request that is under way to end.", retry_after_ms=SHORT_MS)
    if found.wait_ms is None:
        return SpendReached(message, f"It does not begin anew. {_raise(scope)}")
    when = "at midnight, UTC" if scope.period == "day" else "with the next month, UTC"
    return SpendReached(message, f"It begins anew {when}. {_raise(scope)}", retry_after_ms=found.wait_ms)


def _whose(scope: Scope) -> str:
    return f"are what {_has(scope)}"


def _has(scope: Scope) -> str:
    kind = scope.key.partition("/")[0]
    return {"token": "this token has", "guest": "all guests together have", "daemon": "this daemon has"}.get(
        kind, "your account has"
    )


def _of(scope: Scope) -> str:
    kind = scope.key.partition("/")[0]
    return {"token": "of this token", "guest": "of guests", "daemon": "of this daemon"}.get(kind, "of your account")


def _raise(scope: Scope) -> str:
    kind = scope.key.partition("/")[0]
    if kind == "token":
        return "Make a token with a higher one."
    return "Whoever runs this daemon can raise it" + (
        ": `triforce config set limits.spend`." if kind == "daemon" else ": `triforce users limits`."
    )


def _several(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' if count != 1 else ''}"


def _seconds(ms: int) -> str:
    return f"{-(-ms // 1_000)} s"
