"""What the providers refuse for what stands in a request."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scriptable_upstream.http_request import Request
from tests.scriptable_upstream.provider_errors import Problem
from tests.scriptable_upstream.requirements import CHECKS, unmet
from tests.scriptable_upstream.routes import Route, find_route
from tests.scriptable_upstream.upstream import Upstream
from tests.scriptable_upstream.wire_reading import CHAT, exchange, request_bytes

USER = {"role": "user", "content": "?"}
CALLED = {"type": "function_call", "call_id": "a"}
ANSWERED = {"type": "function_call_output", "call_id": "a"}
PATHS = {
    "openai": CHAT,
    "groq": "/groq/openai/v1/chat/completions",
    "cerebras": "/cerebras/v1/chat/completions",
    "mistral": "/mistral/v1/chat/completions",
    "openrouter": "/openrouter/api/v1/chat/completions",
    "responses": "/openai/v1/responses",
    "anthropic": "/anthropic/v1/messages",
    "gemini": "/gemini/v1beta/models/gemini-2.5-flash:generateContent",
    "ollama": "/ollama/api/chat",
}


def calls(*ids: str) -> dict[str, Any]:
    function = {"name": "f", "arguments": "{}"}
    return {"role": "assistant", "tool_calls": [{"id": id, "type": "function", "function": function} for id in ids]}


def result(id: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": id, "content": "1"}


def used(*ids: str) -> dict[str, Any]:
    return {"role": "assistant", "content": [{"type": "tool_use", "id": id, "name": "f", "input": {}} for id in ids]}


def gave(*ids: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "tool_result", "tool_use_id": id, "content": "1"} for id in ids]}


def turn(role: str, kind: str, count: int) -> dict[str, Any]:
    return {"role": role, "parts": [{kind: {"name": "f"}} for _ in range(count)]}


def found(name: str, body: Any, **headers: str) -> Problem | None:
    route = find_route("POST", PATHS[name], name == "anthropic")
    assert route is not None
    return unmet(route, Request("POST", PATHS[name], tuple(headers.items()), json.dumps(body).encode(), True))


def chat(*messages: Any, **more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": list(messages), **more}


def text(*contents: Any, **more: Any) -> dict[str, Any]:
    return {"contents": list(contents) or [{"parts": [{"text": "?"}]}], **more}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("openai", chat(USER, seed=1, verbosity="low", stream_options={"include_usage": True})),
        ("openai", chat(USER, calls("a", "b"), result("b"), result("a"), USER)),
        ("groq", chat(USER, tools=[{}] * 128)),
        ("mistral", chat(USER, calls("abcdefgh1"), result("abcdefgh1"), random_seed=1)),
        ("openrouter", chat(USER, anything=1)),
        ("responses", {"model": "m", "input": "?"}),
        ("responses", {"model": "m", "input": [CALLED, ANSWERED]}),
        ("anthropic", chat(USER, max_tokens=1)),
        ("anthropic", chat(USER, used("a", "b"), gave("b", "a"), max_tokens=2000, thinking={"budget_tokens": 1024})),
        ("gemini", text(generation_config={"max_output_tokens": 1}, systemInstruction={})),
        ("gemini", text(turn("model", "functionCall", 2), turn("user", "functionResponse", 2))),
        ("ollama", chat(USER, whatever=1)),
    ],
)  # fmt: skip
def test_what_is_taken(name: str, body: Any) -> None:
    assert found(name, body) is None


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("openai", [], "JSON body"),
        ("openai", {"model": "m"}, "'messages'"),
        ("openai", chat(USER, top_k=1), "Unknown parameter: 'top_k'"),
        ("openai", chat(USER, tools=[{}] * 129), "maximum length 128"),
        ("openai", chat(USER, calls("a"), USER), "did not have response messages: a"),
        ("openai", chat(USER, calls("a", "b"), result("a")), "did not have response messages: b"),
        ("openai", chat(USER, result("a")), "preceeding message"),
        ("openai", chat(USER) | {"model": "gpt-5-mini", "max_tokens": 1}, "max_completion_tokens"),
        ("groq", chat(USER, thinking=1), "property 'thinking' is unsupported"),
        ("groq", chat(USER, {"role": "assistant", "reasoning_content": "x"}), "reasoning_content"),
        ("cerebras", chat(USER, frequency_penalty=1), "property 'body.frequency_penalty' is unsupported"),
        ("mistral", chat(USER, seed=1), "Extra inputs"),
        ("mistral", chat(USER, stream_options={"include_usage": True}), "Extra inputs"),
        ("mistral", chat(USER, calls("call_1"), result("call_1")), "length of 9"),
        ("responses", {"input": "?"}, "'model'"),
        ("responses", {"model": "m", "input": "?", "messages": []}, "'messages'"),
        ("responses", {"model": "m", "input": [CALLED]}, "No tool output"),
        ("responses", {"model": "m", "input": [ANSWERED]}, "No tool call"),
        ("anthropic", chat(USER), "max_tokens: Field required"),
        ("anthropic", chat(USER, max_tokens=1, seed=1), "seed: Extra inputs"),
        ("anthropic", chat(USER, max_tokens=1, temperature=1.5), "range: 0..1"),
        ("anthropic", chat(USER, max_tokens=9, thinking={"budget_tokens": 9}), "must be greater than"),
        ("anthropic", chat(USER, used("a"), USER, max_tokens=1), "without `tool_result` blocks"),
        ("anthropic", chat(USER, used("a"), max_tokens=1), "without `tool_result` blocks"),
        ("anthropic", chat(USER, gave("a"), max_tokens=1), "unexpected `tool_use_id`"),
        ("anthropic", chat({"role": "tool"}, max_tokens=1), "messages.0.role"),
        ("gemini", {"tools": []}, "contents is not specified"),
        ("gemini", text(messages=[]), 'Unknown name "messages"'),
        ("gemini", text(generationConfig={"max_tokens": 1}), "generation_config"),
        ("gemini", text(turn("model", "functionCall", 2), turn("user", "functionResponse", 1)), "equal to"),
        ("ollama", {"messages": []}, "model is required"),
    ],
)  # fmt: skip
def test_what_is_refused(name: str, body: Any, words: str) -> None:
    problem = found(name, body)
    assert problem is not None
    assert words in problem.words


def test_a_beta_header_opens_anthropic() -> None:
    body = chat(USER, max_tokens=1, context_management={})
    assert found("anthropic", body)
    assert found("anthropic", body, **{"anthropic-beta": "context-management-2025-06-27"}) is None


NEWER = {"anthropic-version": "2026-10-21"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (chat(USER, max_tokens=1, temperature=1.0), "temperature: Extra inputs"),
        (chat(USER, max_tokens=1, top_k=1), "top_k: Extra inputs"),
        (chat({"role": "assistant", "content": [{"type": "document"}]}, max_tokens=1), "`document` blocks"),
        (chat({"role": "user", "content": [{"type": "text", "citations": [{}]}]}, max_tokens=1), "citations"),
    ],
)
def test_the_newer_version_of_anthropic_refuses_more(body: Any, words: str) -> None:
    assert found("anthropic", body) is None
    problem = found("anthropic", body, **NEWER)
    assert problem is not None
    assert words in problem.words


@pytest.mark.parametrize(("model", "taken"), [("claude-sonnet-4-6", True), ("claude-sonnet-5", False)])
def test_newer_models_think_as_they_like(model: str, taken: bool) -> None:
    body = chat(USER, max_tokens=2000, thinking={"type": "enabled", "budget_tokens": 1024}) | {"model": model}
    assert (found("anthropic", body) is None) == taken


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("model", "messages", "input", "contents", "tools", "max_tokens", "thinking", "temperature", "generationConfig")
MESSAGES = st.lists(
    st.dictionaries(st.sampled_from(["role", "content", "tool_calls", "tool_call_id", "parts"]), ANY, max_size=4),
    max_size=3,
)


@pytest.mark.parametrize("name", PATHS)
@given(body=st.dictionaries(st.sampled_from(NAMES), ANY | MESSAGES) | ANY)
def test_no_body_breaks_a_check(name: str, body: Any) -> None:
    found(name, body)


def test_every_generating_route_is_checked() -> None:
    assert {"chat", "responses", "messages", "generate_content", "stream_content", "ollama_chat"} <= set(CHECKS)


async def test_over_the_wire(upstream: Upstream) -> None:
    wrong = request_bytes(chat(USER, seed=1), PATHS["mistral"])
    arrived = await exchange(upstream, wrong, quiet=0.1)
    assert arrived.head.startswith(b"HTTP/1.1 422")
    detail = json.loads(arrived.body)["message"]["detail"][0]
    assert (detail["type"], detail["loc"]) == ("extra_forbidden", ["body", "seed"])
    upstream.strict = False
    assert (await exchange(upstream, wrong, quiet=0.1)).head.startswith(b"HTTP/1.1 200")


async def test_an_unknown_path(upstream: Upstream) -> None:
    arrived = await exchange(upstream, request_bytes({}, "/groq/v1/chat/completions"), quiet=0.1)
    assert arrived.head.startswith(b"HTTP/1.1 404")
    assert "/groq/v1/chat/completions" in json.loads(arrived.body)["error"]["message"]


def test_routes() -> None:
    def route(method: str, path: str) -> tuple[str, str, str]:
        found = find_route(method, path)
        assert isinstance(found, Route)
        return found.provider.name, found.kind, found.model

    assert route("POST", "/v1/chat/completions") == ("openai", "chat", "")
    assert route("GET", "/v1/models/a/b:c") == ("openai", "model", "a/b:c")
    assert route("POST", "/v1beta/models/x%21first%202:%20500:streamGenerateContent") == (
        "gemini",
        "stream_content",
        "x!first 2: 500",
    )
    assert find_route("GET", "/v1/chat/completions") is None
