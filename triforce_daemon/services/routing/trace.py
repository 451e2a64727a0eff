"""Who was asked for an answer, one after the other, and what each came to: as the audit keeps it."""

from collections.abc import Sequence

from triforce_daemon.errors import TriforceError
from triforce_daemon.services.routing.attempt import Attempt
from triforce_daemon.services.routing.attempts import Tally
from triforce_daemon.wire.audit import RouteAttempt

#: What is told of one request; a retry of a retry of a retry tells nothing more.
_MOST = 20


def route_of(tried: Sequence[Attempt], tally: Tally, error: TriforceError | None) -> list[RouteAttempt]:
    """`error`: what the last one, which answered, came to afterwards."""
    asked = [_attempt(attempt, attempt.broke_off or (error if attempt is tried[-1] else None)) for attempt in tried]
    if not tally.failures:
        return asked[-_MOST:]
    names = {attempt["model"] for attempt in asked}
    # Those that could not even be asked: without a key, or resting.
    return [*(one for one in failed(tally) if one["model"] not in names), *asked][-_MOST:]


def failed(tally: Tally) -> list[RouteAttempt]:
    """The candidates that failed, with what each came to in the end."""
    return [
        RouteAttempt(model=model, status=error.upstream_status, error=error.code, ms=None)
        for model, error in tally.failures
    ]


def _attempt(attempt: Attempt, afterwards: TriforceError | None) -> RouteAttempt:
    failure = attempt.failure
    status: int | None = 200
    if failure is not None:
        status = failure.upstream_status
    elif attempt.abandoned:
        status = None
    told = failure or afterwards
    return {
        "model": attempt.seat.candidate.id,
        "status": status,
        "error": told.code if told is not None else "given_up" if attempt.abandoned else None,
        "ms": None if attempt.took is None else round(attempt.took * 1_000),
    }
