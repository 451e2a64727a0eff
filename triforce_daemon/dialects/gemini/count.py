"""How many tokens a prompt has: https://ai.google.dev/api/tokens"""

from typing import Any

from triforce_daemon.dialects.canonical import Request, Written
from triforce_daemon.dialects.gemini.names import camel, camel_mapping
from triforce_daemon.dialects.gemini.request import path_of, read_request, write_request
from triforce_daemon.errors import UpstreamFailed

_VERB = "countTokens"
_INNER = "generateContentRequest"


def read_count_request(body: dict[str, Any], model: str | None) -> Request:
    """Contents alone, or a whole request. Raises InvalidRequest that names the field."""
    inner = camel_mapping(camel(body), _INNER)
    return read_request(body if inner is None else inner, model, False)


def write_count_request(request: Request) -> Written:
    """Contents alone where there is nothing else: a whole request is refused by old models."""
    written = write_request(request)
    body: dict[str, Any] = written.body
    if body.keys() != {"contents"}:
        body = {_INNER: {"model": f"models/{request.model.removeprefix('models/')}", **body}}
    return Written(path_of(request.model, _VERB), body, written.dropped)


def read_count(body: dict[str, Any]) -> int:
    """Raises UpstreamFailed where it is no number of tokens."""
    tokens = body.get("totalTokens")
    if not isinstance(tokens, int):
        raise UpstreamFailed("The provider did not count the tokens.", "Try again.")
    return tokens


def write_count(tokens: int) -> dict[str, Any]:
    return {"totalTokens": tokens}


def pass_count(body: dict[str, Any], model: str) -> tuple[str, dict[str, Any]]:
    inner = camel_mapping(camel(body), _INNER)
    if inner is None:
        return path_of(model, _VERB), body
    return path_of(model, _VERB), {_INNER: {**inner, "model": f"models/{model.removeprefix('models/')}"}}
