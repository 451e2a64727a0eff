"""Errors, both ways."""

import orjson
import pytest

from triforce_daemon.dialects.anthropic.errors import error_in, read_error, write_error
from triforce_daemon.errors import (
    ContextExceeded,
    Draining,
    Forbidden,
    InternalError,
    InvalidRequest,
    KeyRejected,
    MethodNotAllowed,
    ModelNotFound,
    PayloadTooLarge,
    ProviderUnavailable,
    TriforceError,
    Unauthenticated,
    UpstreamFailed,
    UpstreamLimited,
    UpstreamTimeout,
)


def body(kind: str, message: str) -> bytes:
    return orjson.dumps({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"})


@pytest.mark.parametrize(
    ("status", "kind", "error"),
    [
        (400, "invalid_request_error", InvalidRequest),
        (401, "authentication_error", KeyRejected),
        (402, "billing_error", KeyRejected),
        (403, "permission_error", KeyRejected),
        (404, "not_found_error", InvalidRequest),
        (413, "request_too_large", InvalidRequest),
        (429, "rate_limit_error", UpstreamLimited),
        (500, "api_error", UpstreamFailed),
        (504, "timeout_error", UpstreamTimeout),
        (529, "overloaded_error", ProviderUnavailable),
    ],
)
def test_the_provider_says_no(status: int, kind: str, error: type[TriforceError]) -> None:
    read = read_error(status, body(kind, "Because."))
    assert type(read) is error
    assert "Because." in read.message
    assert read.upstream_status == status
    in_stream = error_in(200, {"type": "error", "error": {"type": kind, "message": "Because."}})
    assert (type(in_stream), in_stream.upstream_status) == (error, status)


@pytest.mark.parametrize(
    "message",
    [
        "prompt is too long: 219898 tokens > 200000 maximum",
        "input length and `max_tokens` exceed context limit: 189136 + 20000 > 204648, decrease input length",
    ],
)
def test_a_conversation_that_is_too_long(message: str) -> None:
    error = read_error(400, body("invalid_request_error", message))
    assert isinstance(error, ContextExceeded)
    assert message in error.message


@pytest.mark.parametrize(
    "raw", [b"", b"<html>", b"[]", b"7", b'{"error": "oops"}', b'{"error": {"message": 7}}', b"\xff"]
)
def test_any_body_is_an_error(raw: bytes) -> None:
    error = read_error(500, raw)
    assert type(error) is UpstreamFailed
    assert error.message.endswith("oops") == (b"oops" in raw)


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"error": {"message": 7}}'])
def test_the_status_stands_in_for_words(raw: bytes) -> None:
    assert read_error(500, raw).message == "The provider failed: it answered 500"


def test_what_the_type_of_an_error_in_a_stream_does_not_tell() -> None:
    assert type(error_in(200, {"error": {"type": "new_error", "message": "x"}})) is UpstreamFailed
    assert type(error_in(200, {"error": {"type": [], "message": "x"}})) is UpstreamFailed


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (InvalidRequest("x"), "invalid_request_error"),
        (Unauthenticated("x"), "authentication_error"),
        (Forbidden("x"), "permission_error"),
        (ModelNotFound("x"), "not_found_error"),
        (MethodNotAllowed("x"), "invalid_request_error"),
        (PayloadTooLarge("x"), "request_too_large"),
        (UpstreamLimited("x"), "rate_limit_error"),
        (InternalError("x"), "api_error"),
        (UpstreamFailed("x"), "api_error"),
        (KeyRejected("x"), "api_error"),
        (Draining("x"), "overloaded_error"),
        (UpstreamTimeout("x"), "timeout_error"),
    ],
)
def test_the_daemon_says_no(error: TriforceError, kind: str) -> None:
    assert write_error(error, "r1") == {
        "type": "error",
        "error": {"type": kind, "message": "x"},
        "request_id": "r1",
    }


def test_the_hint_is_part_of_the_message() -> None:
    assert write_error(InvalidRequest("No.", "Do this."), "r")["error"]["message"] == "No. Do this."


def test_claude_code_hears_the_words_that_it_knows() -> None:
    assert write_error(ContextExceeded("9 > 8."), "r")["error"]["message"] == "prompt is too long: 9 > 8."
    assert write_error(ContextExceeded("prompt is too long"), "r")["error"]["message"] == "prompt is too long"
