"""How Ollama refuses."""

from typing import Any

import orjson
import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import JSON
from triforce_daemon import errors
from triforce_daemon.dialects.ollama.errors import read_error, write_error


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (404, {"error": "model 'x' not found"}, errors.InvalidRequest, "model 'x' not found"),
        (400, {"error": "the input length exceeds the context length"}, errors.ContextExceeded, "exceeds"),
        (401, {"error": "unauthorized"}, errors.KeyRejected, "unauthorized"),
        (429, {"error": "rate limit"}, errors.UpstreamLimited, "rate limit"),
        (500, {"error": {"message": "broken"}}, errors.UpstreamFailed, "broken"),
        (503, {"error": "server busy"}, errors.ProviderUnavailable, "busy"),
        (500, {"other": 1}, errors.UpstreamFailed, "500"),
    ],
)
def test_refusals(status: int, body: Any, kind: type[errors.TriforceError], words: str) -> None:
    error = read_error(status, orjson.dumps(body))
    assert type(error) is kind
    assert words in error.message


def test_a_page_is_an_error_too() -> None:
    assert "404 page not found" in read_error(404, b"404 page not found").message


@given(JSON)
def test_any_body_is_an_error(body: Any) -> None:
    assert isinstance(read_error(500, orjson.dumps(body)), errors.TriforceError)


def test_an_error_is_one_sentence() -> None:
    assert write_error(errors.UpstreamFailed("It failed.", "Try again.")) == {"error": "It failed. Try again."}
    assert write_error(errors.UpstreamFailed("It failed.")) == {"error": "It failed."}
