"""Errors: https://ai.google.dev/gemini-api/docs/troubleshooting"""

import re
from typing import Any, cast

import orjson

from triforce_daemon.dialects.upstream_errors import error_of
from triforce_daemon.errors import TriforceError

#: Inside a stream, where the status is long sent, the word stands in for it.
_STATUS = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "OUT_OF_RANGE": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ABORTED": 409,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 499,
    "INTERNAL": 500,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
_WORDS = {status: word for word, status in reversed(_STATUS.items())} | {502: "UNAVAILABLE"}

_TOO_LONG = re.compile(r"token count .*exceeds the maximum|exceeds? the (maximum|context)", re.IGNORECASE | re.DOTALL)
#: A key that is no good is an invalid argument here, and a country or a bill a precondition.
_KEY_REASONS = ("API_KEY_INVALID", "API_KEY_EXPIRED", "API_KEY_SERVICE_BLOCKED")
_DELAY = re.compile(r"(\d+(?:\.\d+)?)s")
_TYPE = "type.googleapis.com/google.rpc."


def read_error(status: int, body: bytes) -> TriforceError:
    """The upstream's refusal as an error of ours; where the body is no JSON, by the status alone."""
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        value = {"error": {"message": body[:500].decode(errors="replace").strip()}}
    return error_in(status, value)


def error_in(status: int, value: Any) -> TriforceError:
    """The error in a body or a chunk: {"error": {"code", "message", "status", "details"}}. Status 200: in a stream."""
    error = _error(value)
    message, word = error.get("message"), error.get("status")
    said = message if isinstance(message, str) and message else f"it answered {status}"
    if status == 200:
        status = _status(error.get("code"), word)
    details = _details(error)
    if status == 400 and (word == "FAILED_PRECONDITION" or any(one.get("reason") in _KEY_REASONS for one in details)):
        return error_of(403, said)
    too_long = status == 400 and _TOO_LONG.search(said) is not None
    return error_of(status, said, context_exceeded=too_long, retry_after_ms=_delay(details))


def _error(value: Any) -> dict[str, Any]:
    """Outside a stream of events the error comes in a list."""
    if isinstance(value, list) and value:
        value = cast(list[Any], value)[0]
    error = cast(dict[str, Any], value).get("error") if isinstance(value, dict) else None
    return cast(dict[str, Any], error) if isinstance(error, dict) else {"message": error}


def _status(code: Any, word: Any) -> int:
    if isinstance(code, int) and 400 <= code < 600:
        return code
    return _STATUS.get(word, 500) if isinstance(word, str) else 500


def _details(error: dict[str, Any]) -> list[dict[str, Any]]:
    found = error.get("details")
    details = cast(list[Any], found) if isinstance(found, list) else []
    return [cast(dict[str, Any], one) for one in details if isinstance(one, dict)]


def _delay(details: list[dict[str, Any]]) -> int | None:
    for one in details:
        found = _DELAY.fullmatch(delay) if isinstance(delay := one.get("retryDelay"), str) else None
        if found is not None:
            return int(float(found[1]) * 1000)
    return None


def write_error(error: TriforceError, request_id: str) -> dict[str, Any]:
    message = f"{error.message} {error.hint}" if error.hint else error.message
    details: list[dict[str, Any]] = [{"@type": f"{_TYPE}RequestInfo", "requestId": request_id}]
    if error.retry_after_ms is not None:
        details.append({"@type": f"{_TYPE}RetryInfo", "retryDelay": f"{error.retry_after_ms / 1000:g}s"})
    word = _WORDS.get(error.status, "INVALID_ARGUMENT" if error.status < 500 else "INTERNAL")
    return {"error": {"code": error.status, "message": message, "status": word, "details": details}}
