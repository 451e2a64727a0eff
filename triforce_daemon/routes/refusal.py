"""How an error leaves the daemon where no dialect has its own shape for it."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from triforce_daemon.errors import InternalError, LimitReached, TriforceError
from triforce_daemon.wire.errors import ErrorReply

ErrorWriter = Callable[[TriforceError, str], bytes]


def write_error(error: TriforceError, request_id: str | None) -> bytes:
    return orjson.dumps(ErrorReply(error=error.body(request_id)))


def headers_of(error: TriforceError) -> list[tuple[bytes, bytes]]:
    """When it is worth trying again, where the error knows, and what is left of a limit that was reached."""
    left = [*error.headers] if isinstance(error, LimitReached) else []
    if error.retry_after_ms is None:
        return left
    return [(b"retry-after", str(-(-error.retry_after_ms // 1_000)).encode()), *left]


def mistake() -> InternalError:
    """What is said of a bug."""
    return InternalError("That is a mistake in triforce.", "The daemon's log has the details; please report it.")


def first_problem(errors: Sequence[Any]) -> tuple[str, str]:
    """pydantic's first complaint as a message and a hint."""
    first = errors[0]
    place = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"`{place or 'body'}`: {first['msg']}{more}.", "docs/api describes each route."
