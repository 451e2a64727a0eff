"""Errors, both ways."""

from typing import Any

import orjson
import pytest

from triforce_daemon.dialects.gemini.errors import error_in, read_error, write_error
from triforce_daemon.errors import (
    ContextExceeded,
    Draining,
    Forbidden,
    InternalError,
    InvalidRequest,
    KeyRejected,
    ModelNotFound,
    PayloadTooLarge,
    ProviderUnavailable,
    TriforceError,
    Unauthenticated,
    UpstreamFailed,
    UpstreamLimited,
    UpstreamTimeout,
)


def body(code: int, word: str, message: str = "Because.", **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "status": word, **more}}


@pytest.mark.parametrize(
    ("status", "word", "error"),
    [
        (400, "INVALID_ARGUMENT", InvalidRequest),
        (401, "UNAUTHENTICATED", KeyRejected),
        (403, "PERMISSION_DENIED", KeyRejected),
        (404, "NOT_FOUND", InvalidRequest),
        (429, "RESOURCE_EXHAUSTED", UpstreamLimited),
        (500, "INTERNAL", UpstreamFailed),
        (503, "UNAVAILABLE", ProviderUnavailable),
        (504, "DEADLINE_EXCEEDED", UpstreamTimeout),
    ],
)
def test_the_provider_says_no(status: int, word: str, error: type[TriforceError]) -> None:
    for raw in (body(status, word), [body(status, word)]):
        read = read_error(status, orjson.dumps(raw))
        assert (type(read), read.upstream_status) == (error, status)
        assert "Because." in read.message
    assert type(error_in(200, body(status, word))) is error
    assert type(error_in(200, {"error": {"status": word}})) is error, "without a code the word stands in for it"


@pytest.mark.parametrize("reason", ["API_KEY_INVALID", "API_KEY_EXPIRED", "API_KEY_SERVICE_BLOCKED"])
def test_a_bad_key_is_an_invalid_argument_here(reason: str) -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    error = read_error(400, orjson.dumps(body(400, "INVALID_ARGUMENT", "API key not valid.", details=details)))
    assert isinstance(error, KeyRejected)


def test_a_country_is_a_precondition_of_the_key() -> None:
    error = read_error(400, orjson.dumps(body(400, "FAILED_PRECONDITION", "User location is not supported.")))
    assert isinstance(error, KeyRejected)


def test_a_conversation_that_is_too_long() -> None:
    said = "The input token count (314175) exceeds the maximum number of tokens allowed (131072)."
    error = read_error(400, orjson.dumps(body(400, "INVALID_ARGUMENT", said)))
    assert isinstance(error, ContextExceeded)
    assert said in error.message


@pytest.mark.parametrize(("delay", "ms"), [("34s", 34_000), ("0.5s", 500), ("soon", None), (7, None)])
def test_how_long_to_wait(delay: Any, ms: int | None) -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}, "x"]
    error = read_error(429, orjson.dumps(body(429, "RESOURCE_EXHAUSTED", details=details)))
    assert error.retry_after_ms == ms


ODD = [b"", b"<html>", b"[]", b"7", b"[7]", b'{"error": "oops"}', b'{"error": {"message": 7, "details": 7}}', b"\xff"]


@pytest.mark.parametrize("raw", ODD)
def test_any_body_is_an_error(raw: bytes) -> None:
    error = read_error(500, raw)
    assert type(error) is UpstreamFailed
    assert error.message.endswith("oops") == (b"oops" in raw)


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"error": {"message": 7}}'])
def test_the_status_stands_in_for_words(raw: bytes) -> None:
    assert read_error(500, raw).message == "The provider failed: it answered 500"


def test_what_an_error_in_a_stream_does_not_tell() -> None:
    assert type(error_in(200, {"error": {"status": "NEW"}})) is UpstreamFailed
    assert type(error_in(200, {"error": {"status": [], "code": "x"}})) is UpstreamFailed
    for code, status in ((400, 400), (399, 404), (599, 599), (600, 404), (None, 404)):
        assert error_in(200, {"error": {"code": code, "status": "NOT_FOUND"}}).upstream_status == status
    assert error_in(200, {}).upstream_status == 500


@pytest.mark.parametrize(
    ("error", "code", "word"),
    [
        (InvalidRequest("x"), 400, "INVALID_ARGUMENT"),
        (Unauthenticated("x"), 401, "UNAUTHENTICATED"),
        (Forbidden("x"), 403, "PERMISSION_DENIED"),
        (ModelNotFound("x"), 404, "NOT_FOUND"),
        (PayloadTooLarge("x"), 413, "INVALID_ARGUMENT"),
        (UpstreamLimited("x"), 429, "RESOURCE_EXHAUSTED"),
        (InternalError("x"), 500, "INTERNAL"),
        (UpstreamFailed("x"), 502, "UNAVAILABLE"),
        (Draining("x"), 503, "UNAVAILABLE"),
        (UpstreamTimeout("x"), 504, "DEADLINE_EXCEEDED"),
    ],
)
def test_the_daemon_says_no(error: TriforceError, code: int, word: str) -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.RequestInfo", "requestId": "r1"}]
    assert write_error(error, "r1") == {"error": {"code": code, "message": "x", "status": word, "details": details}}


def test_the_hint_and_the_wait_are_told() -> None:
    error = write_error(UpstreamLimited("No.", "Wait.", retry_after_ms=1500), "r")["error"]
    assert error["message"] == "No. Wait."
    assert error["details"][1] == {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1.5s"}
