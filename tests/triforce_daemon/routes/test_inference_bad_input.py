"""Requests that make no sense: each route refuses them with the status and in the shape of its own API."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from tests.triforce_daemon.gateway import Gateway, Told, gateway

HI = {"role": "user", "content": "hi"}
CONTENTS = [{"parts": [{"text": "hi"}]}]
GOOGLE = "/v1beta/models/google/m"
#: Route → a request that it takes, and what must be there.
ROUTES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "/v1/chat/completions": ({"model": "groq/m", "messages": [HI]}, ("messages",)),
    "/v1/completions": ({"model": "groq/m", "prompt": "hi"}, ("prompt",)),
    "/v1/responses": ({"model": "groq/m", "input": "hi"}, ("input",)),
    "/v1/embeddings": ({"model": "llama/m", "input": "hi"}, ("model", "input")),
    "/v1/messages": ({"model": "groq/m", "messages": [HI], "max_tokens": 9}, ("messages", "max_tokens")),
    "/v1/messages/count_tokens": ({"model": "groq/m", "messages": [HI]}, ("messages",)),
    f"{GOOGLE}:generateContent": ({"contents": CONTENTS}, ("contents",)),
    f"{GOOGLE}:streamGenerateContent": ({"contents": CONTENTS}, ("contents",)),
    "/v1beta/models/groq/m:countTokens": ({"contents": CONTENTS}, ("contents",)),
    "/v1beta/models/llama/m:embedContent": ({"content": CONTENTS[0]}, ("content",)),
    "/v1beta/models/llama/m:batchEmbedContents": ({"requests": [{"content": CONTENTS[0]}]}, ("requests",)),
    "/api/chat": ({"model": "groq/m", "messages": [HI], "stream": False}, ()),
    "/api/generate": ({"model": "groq/m", "prompt": "hi", "stream": False}, ()),
    "/api/embed": ({"model": "groq/m", "input": "hi"}, ("model", "input")),
    "/api/embeddings": ({"model": "groq/m", "prompt": "hi"}, ("model", "prompt")),
}
#: What is neither text nor a list nor an object, or not of the right things.
ODD: list[Any] = [5, True, {"a": 1}, [5], ["x", None], [{"role": "user"}], [{}]]
NO_JSON = [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"NaN", b'{"a": NaN}', b"[" * 5_000]


def broken(good: dict[str, Any], needed: tuple[str, ...]) -> Iterator[bytes]:
    yield from NO_JSON
    for name in needed:
        yield json.dumps({key: value for key, value in good.items() if key != name}).encode()
    for name in good.keys() - {"model"}:
        for odd in ODD:
            if type(odd) is not type(good[name]) and not (name == "stream" and odd is True):
                yield json.dumps({**good, name: odd}).encode()
        if isinstance(good[name], list) and name in needed:
            yield json.dumps({**good, name: []}).encode()
    if "messages" in good or "contents" in good:
        yield json.dumps({**good, "tools": 5}).encode()


def check_shape(path: str, told: Told, request: bytes) -> None:
    error, about = told.json, (path, request[:200], told.body[:200])
    if path.startswith("/api/"):
        assert list(error) == ["error"] and isinstance(error["error"], str), about
    elif path.startswith("/v1beta/"):
        assert error["error"]["code"] == told.status, about
        assert error["error"]["status"] in ("INVALID_ARGUMENT", "NOT_FOUND"), about
        assert error["error"]["message"], about
    elif path.startswith("/v1/messages"):
        assert error["type"] == "error" and error["error"]["message"] and error["request_id"], about
        assert error["error"]["type"] in ("invalid_request_error", "not_found_error"), about
    else:
        assert error["error"]["type"] == "invalid_request_error", about
        assert {"message", "param", "code"} <= error["error"].keys(), about


@pytest.fixture
async def gate(folder: str) -> AsyncIterator[Gateway]:
    async with gateway(folder) as running:
        yield running


@pytest.mark.parametrize("path", ROUTES)
async def test_nonsense_is_refused_in_the_clients_own_words_and_reaches_nobody(gate: Gateway, path: str) -> None:
    good, needed = ROUTES[path]
    for request in broken(good, needed):
        told = await gate.post(path, request)
        assert told.status == 400, (path, request[:200], told.body[:200])
        check_shape(path, told, request)
    elsewhere = path.replace("google/m", "nobody/m").replace("groq/m", "nobody/m").replace("llama/m", "nobody/m")
    told = await gate.post(elsewhere, {**good, "model": "nobody/m"})
    assert told.status == 404, told.body
    check_shape(path, told, b"")
    assert not gate.upstream.records
    assert await gate.ledger() == []
    told = await gate.post(path, good)
    assert told.status == 200, told.body
