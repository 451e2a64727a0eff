"""The shapes in which OpenAI and those who speak like it refuse."""

from typing import Any

import openai
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.dialects.canonical_values import JSON
from triforce_daemon import errors
from triforce_daemon.dialects.openai_error import error_in, read_error, write_error

LLAMA = {
    "error": {
        "code": 400,
        "message": "request (5000 tokens) exceeds the available context size (4096 tokens)",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 5000,
        "n_ctx": 4096,
    }
}


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, {"error": {"message": "bad tool", "type": "invalid_request_error"}}, errors.InvalidRequest, "bad tool"),
        (404, {"error": {"message": "no such model", "code": "model_not_found"}}, errors.InvalidRequest, "no such"),
        (400, {"error": {"message": "x", "code": "context_length_exceeded"}}, errors.ContextExceeded, "x"),
        (400, LLAMA, errors.ContextExceeded, "5000"),
        (500, {"error": {"message": "input (201 tokens) is too large to process"}}, errors.ContextExceeded, "201"),
        (400, {"error": {"message": "This model's maximum context length is 8"}}, errors.ContextExceeded, "maximum"),
        (401, {"error": {"message": "Incorrect API key"}}, errors.KeyRejected, "Incorrect"),
        (429, {"error": {"message": "slow down", "code": "rate_limit_exceeded"}}, errors.UpstreamLimited, "slow"),
        (500, {"error": "internal"}, errors.UpstreamFailed, "internal"),
        (503, [{"error": {"message": "loading"}}], errors.ProviderUnavailable, "loading"),
        (422, {"detail": [{"loc": ["body"], "msg": "field required"}]}, errors.InvalidRequest, "field required"),
        (400, {"object": "error", "message": "mistral says no"}, errors.InvalidRequest, "mistral says no"),
        (400, {"errors": [{"code": 5007, "message": "No such model"}], "success": False}, errors.InvalidRequest, "No"),
    ],
)
def test_refusals(status: int, body: Any, kind: type[errors.TriforceError], words: str) -> None:
    error = read_error(status, orjson.dumps(body))
    assert type(error) is kind
    assert words in error.message
    assert error.upstream_status == status


@pytest.mark.parametrize(("body", "words"), [(b"<html>Bad Gateway</html>", "Bad Gateway"), (b"", "502")])
def test_a_page_is_an_error_too(body: bytes, words: str) -> None:
    error = read_error(502, body)
    assert type(error) is errors.UpstreamFailed
    assert words in error.message


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"message": "x", "code": 429}}, errors.UpstreamLimited),
        ({"error": {"message": "x", "type": "invalid_request_error"}}, errors.InvalidRequest),
        ({"error": {"message": "x", "code": "rate_limit_exceeded"}}, errors.UpstreamLimited),
        ({"error": {"message": "x", "code": "context_length_exceeded"}}, errors.ContextExceeded),
        ({"error": {"message": "x", "code": "server_error"}}, errors.UpstreamFailed),
        ({"type": "error", "message": "x"}, errors.UpstreamFailed),
    ],
)
def test_inside_a_stream_the_error_itself_says_its_status(body: Any, kind: type[errors.TriforceError]) -> None:
    assert type(error_in(200, body)) is kind


@given(st.sampled_from([200, 400, 418, 500]), JSON | st.fixed_dictionaries({"error": JSON}))
def test_any_body_is_an_error(status: int, body: Any) -> None:
    assert isinstance(read_error(status, orjson.dumps(body)), errors.TriforceError)


@pytest.mark.parametrize(
    ("error", "kind", "param"),
    [
        (errors.InvalidRequest("no"), "invalid_request_error", None),
        (errors.ModelNotFound("no"), "invalid_request_error", "model"),
        (errors.Unauthenticated("no"), "authentication_error", None),
        (errors.Forbidden("no"), "permission_error", None),
        (errors.UpstreamLimited("no"), "rate_limit_error", None),
        (errors.UpstreamFailed("no", "Try again."), "server_error", None),
    ],
)
def test_the_clients_library_understands(error: errors.TriforceError, kind: str, param: str | None) -> None:
    body = write_error(error, "req_1")
    assert openai.APIError("x", request=None, body=body["error"]).type == kind  # pyright: ignore[reportArgumentType]
    assert body["error"]["message"] == ("no Try again." if error.hint else "no")
    assert (body["error"]["code"], body["error"]["param"]) == (error.code, param)
    assert body["error"]["request_id"] == "req_1"
