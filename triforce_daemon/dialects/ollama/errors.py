"""Errors: {"error": "…"}: https://docs.ollama.com/api/errors"""

import re
from typing import Any, cast

import orjson

from triforce_daemon.dialects.upstream_errors import error_of
from triforce_daemon.errors import TriforceError

_TOO_LONG = re.compile(
    r"exceeds the (available )?context|maximum context length|context length exceeded|context size", re.IGNORECASE
)


def read_error(status: int, body: bytes) -> TriforceError:
    """The upstream's refusal as an error of ours; where the body is no JSON, by the status alone."""
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        value = {"error": body[:500].decode(errors="replace").strip()}
    return error_in(status, value)


def error_in(status: int, body: Any) -> TriforceError:
    known = cast(dict[str, Any], body) if isinstance(body, dict) else {}
    error = known.get("error")
    if isinstance(error, dict):
        error = cast(dict[str, Any], error).get("message")
    message = error if isinstance(error, str) and error else f"it answered {status}"
    return error_of(status, message, context_exceeded=_TOO_LONG.search(message) is not None)


def write_error(error: TriforceError) -> dict[str, Any]:
    return {"error": f"{error.message} {error.hint}" if error.hint else error.message}
