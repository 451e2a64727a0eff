"""Errors: https://platform.claude.com/docs/en/api/errors"""

import re
from typing import Any, cast

import orjson

from triforce_daemon.dialects.upstream_errors import error_of
from triforce_daemon.errors import ContextExceeded, TriforceError

#: Inside a stream, where the status is long sent, the type stands in for it.
_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "conflict_error": 409,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_TYPE = {status: kind for kind, status in _STATUS.items()} | {503: "overloaded_error"}
_TOO_LONG = re.compile(r"prompt is too long|exceeds? (the )?(context|maximum) (limit|window|length)", re.IGNORECASE)
#: By these words Claude Code knows that it must shorten the conversation.
_WORDS = "prompt is too long"


def read_error(status: int, body: bytes) -> TriforceError:
    """The upstream's refusal as an error of ours; where the body is no JSON, by the status alone."""
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        value = {"error": {"message": body[:500].decode(errors="replace").strip()}}
    return error_in(status, cast(dict[str, Any], value) if isinstance(value, dict) else {})


def error_in(status: int, body: dict[str, Any]) -> TriforceError:
    """The error in a body or an event: {"type": "error", "error": {"type", "message"}}. Status 200: in a stream."""
    found = body.get("error")
    details = cast(dict[str, Any], found) if isinstance(found, dict) else {"message": found}
    message, kind = details.get("message"), details.get("type")
    said = message if isinstance(message, str) and message else f"it answered {status}"
    if status == 200:
        status = _STATUS.get(kind, 500) if isinstance(kind, str) else 500
    too_long = status in (400, 413) and _TOO_LONG.search(said) is not None
    return error_of(status, said, context_exceeded=too_long)


def write_error(error: TriforceError, request_id: str) -> dict[str, Any]:
    message = f"{error.message} {error.hint}" if error.hint else error.message
    if isinstance(error, ContextExceeded) and _WORDS not in message:
        message = f"{_WORDS}: {message}"
    kind = _TYPE.get(error.status, "invalid_request_error" if error.status < 500 else "api_error")
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": request_id}
