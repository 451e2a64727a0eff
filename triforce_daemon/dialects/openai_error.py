"""Errors in the shape that both of OpenAI's dialects have: https://platform.openai.com/docs/guides/error-codes"""

import re
from typing import Any, cast

import orjson

from triforce_daemon.dialects.upstream_errors import error_of
from triforce_daemon.errors import TriforceError

_TOO_LONG = re.compile(
    r"maximum context length|context window|context size|context length|prompt is too long|too many tokens in|"
    r"reduce the length of the (messages|input)",
    re.IGNORECASE,
)
_CONTEXT_CODES = ("context_length_exceeded", "exceed_context_size_error", "context_window_exceeded")

#: llama.cpp's words, with status 500, for a text of which it was to make a vector.
_TOO_LARGE = "too large to process"

#: What a status calls itself in `type`.
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def read_error(status: int, body: bytes) -> TriforceError:
    """The upstream's refusal as an error of ours; where the body is no JSON, by the status alone."""
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        value = body[:500].decode(errors="replace").strip()
    return error_in(status, value)


def error_in(status: int, value: Any) -> TriforceError:
    """The error in a body: {"error": {"message", "type", "code"}}, or a shape that upstreams have made of it."""
    details = _details(value)
    message = _message(details) or f"it answered {status}"
    kinds = (str(details.get("code")), str(details.get("type")))
    too_long = (
        any(kind in _CONTEXT_CODES for kind in kinds)
        or (status in (400, 413, 422) and _TOO_LONG.search(message) is not None)
        or _TOO_LARGE in message
    )
    asked, limit = details.get("n_prompt_tokens"), details.get("n_ctx")
    if too_long and asked and limit:
        # llama.cpp counts for us.
        message = f"The conversation has {asked} tokens; this model holds {limit}."
    return error_of(_status(status, kinds, details), message, context_exceeded=too_long)


def _details(value: Any) -> dict[str, Any]:
    if isinstance(value, list) and value:
        value = cast(list[Any], value)[0]
    if isinstance(value, dict):
        body = cast(dict[str, Any], value)
        error = body.get("error") or body.get("errors") or body
        if isinstance(error, list) and error:
            error = cast(list[Any], error)[0]
        return cast(dict[str, Any], error) if isinstance(error, dict) else {"message": error}
    return {"message": value}


def _message(details: dict[str, Any]) -> str:
    message = details.get("message") or details.get("detail") or ""
    return message if isinstance(message, str) else orjson.dumps(message).decode()


def _status(status: int, kinds: tuple[str, str], details: dict[str, Any]) -> int:
    """Inside a stream the status is long sent: the code, where it is a number, or the kind stands in for it."""
    if status != 200:
        return status
    code: Any = details.get("code")
    if isinstance(code, int) and 400 <= code < 600:
        return code
    if "invalid_request_error" in kinds or "invalid_prompt" in kinds:
        return 400
    if "rate_limit_exceeded" in kinds or "rate_limit_error" in kinds or "insufficient_quota" in kinds:
        return 429
    return 500


def write_error(error: TriforceError, request_id: str) -> dict[str, Any]:
    kind = _TYPES.get(error.status, "invalid_request_error" if error.status < 500 else "server_error")
    return {
        "error": {
            "message": f"{error.message} {error.hint}" if error.hint else error.message,
            "type": kind,
            "param": "model" if error.code == "model_not_found" else None,
            "code": error.code,
            "request_id": request_id,
        }
    }
