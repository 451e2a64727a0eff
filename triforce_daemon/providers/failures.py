"""What a request that failed says of the provider that it went to."""

from triforce_daemon.errors import InvalidRequest, KeyMissing, KeyRejected, TriforceError, UpstreamLimited
from triforce_daemon.providers.condition import Condition
from triforce_daemon.wire.models import State


def condition_of(error: TriforceError, at_ms: int | None = None) -> Condition:
    """`at_ms`: when that was."""
    until = None
    if isinstance(error, UpstreamLimited) and at_ms is not None and error.retry_after_ms is not None:
        until = at_ms + error.retry_after_ms
    return Condition(_state(error), error.message, error.hint, error.upstream_status, at_ms, until)


def _state(error: TriforceError) -> State:
    match error:
        case KeyMissing():
            return "no-key"
        case KeyRejected():
            return "key-rejected"
        case UpstreamLimited():
            return "limited"
        case InvalidRequest():
            # It is there, and does not know what it was asked: some servers list no models, and answer all the same.
            return "unknown"
        case _:
            # 410 Gone: not down, but never to come again.
            return "retired" if error.upstream_status == 410 else "down"
