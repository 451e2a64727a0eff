"""Each provider looks for its own kind of key, and refuses in its own words."""

import json
from typing import Any

import pytest

from tests.scriptable_upstream.json_values import as_object
from tests.scriptable_upstream.providers import PROVIDERS
from tests.scriptable_upstream.upstream import ACCOUNT, Upstream
from tests.scriptable_upstream.wire_reading import QUESTION, exchange, request_bytes

KEY = {"bearer": "Authorization", "x-api-key": "x-api-key", "x-goog-api-key": "x-goog-api-key", "any": "Authorization"}
ANTHROPIC = {"anthropic-version": "2023-06-01"}
ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "anthropic": ("/messages", QUESTION | {"max_tokens": 10}),
    "gemini": ("/models/gemini-2.5-flash:generateContent", {"contents": [{"parts": [{"text": "Hello?"}]}]}),
    "ollama": ("/api/chat", QUESTION),
}


async def asked(upstream: Upstream, provider: str, key: str | None, **headers: str) -> tuple[int, Any]:
    """Status and body of the answer to a request with this key."""
    row = PROVIDERS[provider]
    path, body = ASKED.get(provider, ("/chat/completions", QUESTION))
    if key is not None:
        headers[KEY[row.credential]] = key if row.credential.startswith("x-") else f"Bearer {key}"
    headers |= ANTHROPIC if provider == "anthropic" else {}
    path = row.base.replace("{account}", ACCOUNT) + path
    arrived = await exchange(upstream, request_bytes(body, path, **headers), quiet=0.15)
    status = int(arrived.head[9:12])
    return status, json.loads(arrived.body) if status != 200 else None


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_keys(upstream: Upstream, provider: str) -> None:
    upstream.github_retired = False
    row = PROVIDERS[provider]
    assert (await asked(upstream, provider, None))[0] == 200
    upstream.accept(provider, "good", "better")
    assert (await asked(upstream, provider, "good"))[0] == 200
    assert (await asked(upstream, provider, "bad"))[0] == row.refused
    assert (await asked(upstream, provider, None))[0] == row.unasked
    assert [record.key for record in upstream.records] == ["", "good", "bad", ""]


WRONG: dict[str, tuple[int, dict[str, Any]]] = {
    "openai": (401, {"error": {"type": "invalid_request_error", "param": None, "code": "invalid_api_key"}}),
    "anthropic": (401, {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}),
    "gemini": (400, {"error": {"code": 400, "status": "INVALID_ARGUMENT"}}),
    "groq": (401, {"error": {"message": "Invalid API Key", "code": "invalid_api_key"}}),
    "cerebras": (401, {"message": "Wrong API Key", "param": "api_key", "code": "wrong_api_key"}),
    "mistral": (401, {"detail": "Unauthorized"}),
    "openrouter": (401, {"error": {"message": "User not found.", "code": 401}}),
    "cloudflare": (401, {"success": False, "errors": [{"code": 10000, "message": "Authentication error"}]}),
    "ollama": (401, {"error": "unauthorized"}),
}


def within(part: Any, whole: Any) -> bool:
    if part == whole:
        return True
    named = as_object(part).items()
    return bool(named) and all(name in whole and within(value, whole[name]) for name, value in named)


@pytest.mark.parametrize("provider", WRONG)
async def test_a_wrong_key_in_the_words_of_the_provider(upstream: Upstream, provider: str) -> None:
    upstream.accept(provider, "good")
    status, body = await asked(upstream, provider, "bad")
    expected = WRONG[provider]
    assert status == expected[0]
    assert within(expected[1], body), body


async def test_the_key_in_another_place_does_not_count(upstream: Upstream) -> None:
    upstream.accept("openai", "good")
    assert (await asked(upstream, "gemini", None, Authorization="Bearer good"))[0] == 200
    upstream.accept("gemini", "good")
    assert (await asked(upstream, "gemini", None, Authorization="Bearer good"))[0] == 403
    assert (await asked(upstream, "openai", None, x_api_key="good"))[0] == 401


async def test_anthropic_takes_a_bearer_too(upstream: Upstream) -> None:
    upstream.accept("anthropic", "good")
    assert (await asked(upstream, "anthropic", None, Authorization="Bearer good"))[0] == 200
    assert (await asked(upstream, "anthropic", "bad", Authorization="Bearer good"))[0] == 401


async def test_google_says_why(upstream: Upstream) -> None:
    upstream.accept("gemini", "good")
    _, body = await asked(upstream, "gemini", "bad")
    assert body["error"]["details"][0]["reason"] == "API_KEY_INVALID"


async def test_anthropic_wants_a_version(upstream: Upstream) -> None:
    path, body = ASKED["anthropic"]
    arrived = await exchange(upstream, request_bytes(body, f"/anthropic/v1{path}"), quiet=0.15)
    assert b"anthropic-version: header is required" in arrived.body
    arrived = await exchange(upstream, request_bytes(body, f"/anthropic/v1{path}", anthropic_version="1"), quiet=0.15)
    assert b"not a valid version" in arrived.body


async def test_github_is_gone(upstream: Upstream) -> None:
    status, body = await asked(upstream, "github", "any")
    assert (status, body["error"]["code"]) == (410, "github_models_retirement_brownout")
    arrived = await exchange(upstream, request_bytes(b"", "/github/catalog/models", "GET"), quiet=0.15)
    assert arrived.head.startswith(b"HTTP/1.1 410 Gone")


async def test_by_key(upstream: Upstream) -> None:
    upstream.plan("key A: 401; key B: status=429 retry-after=1")
    assert [(await asked(upstream, "groq", key))[0] for key in "ABC"] == [401, 429, 200]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("status", [400, 402, 403, 404, 413, 422, 429, 500, 503, 529])
async def test_every_status_has_a_shape(upstream: Upstream, provider: str, status: int) -> None:
    upstream.github_retired = False
    upstream.plan(f"status={status}")
    got, body = await asked(upstream, provider, "k")
    assert got == status
    assert body
    if provider == "anthropic":
        assert body["type"] == "error" and body["request_id"].startswith("req_")
    if provider == "gemini":
        assert body["error"]["code"] == status
