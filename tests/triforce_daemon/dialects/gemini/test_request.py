"""Requests, both ways."""

from typing import Any, cast

import orjson
import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import conversations, damaged, messages_by_value, tools
from triforce_daemon.dialects.canonical import Message, OutputFormat, Request, Tool
from triforce_daemon.dialects.gemini.request import generate_path, path_of, read_request, write_request
from triforce_daemon.errors import InvalidRequest

#: As the documentation and the client libraries have it.
FULL: dict[str, Any] = {
    "contents": [
        {"role": "user", "parts": [{"text": "Weather?"}, {"inlineData": {"mimeType": "image/png", "data": "eA=="}}]},
        {
            "role": "model",
            "parts": [
                {"text": "A tool.", "thought": True, "thoughtSignature": "c2ln"},
                {"functionCall": {"id": "c1", "name": "weather", "args": {"city": "Rome"}}, "thoughtSignature": "c2ln"},
                {"functionCall": {"id": "c2", "name": "weather", "args": {}}},
            ],
        },
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"id": "c1", "name": "weather", "response": {"output": "sunny"}}},
                {"functionResponse": {"id": "c2", "name": "weather", "response": {"error": "where?"}}},
            ],
        },
    ],
    "systemInstruction": {"parts": [{"text": "You are a clerk."}]},
    "tools": [
        {"functionDeclarations": [{"name": "weather", "parametersJsonSchema": {"type": "object", "properties": {}}}]},
        {"googleSearch": {}},
    ],
    "toolConfig": {
        "functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["weather"]},
        "retrievalConfig": {"languageCode": "de"},
    },
    "generationConfig": {
        "maxOutputTokens": 100,
        "responseMimeType": "application/json",
        "responseJsonSchema": {"type": "object"},
        "thinkingConfig": {"includeThoughts": True, "thinkingLevel": "LOW"},
        "candidateCount": 2,
    },
    "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}],
    "cachedContent": "cachedContents/x",
}


def test_a_request_is_read() -> None:
    request = read_request(FULL, "gemini-3.8-flash", True)
    assert (request.model, request.stream, request.max_tokens) == ("gemini-3.8-flash", True, 100)
    assert [message["role"] for message in request.messages] == ["system", "user", "assistant", "tool"]
    assert [tool["name"] for tool in request.tools] == ["weather"]
    assert request.tool_choice == {"mode": "one", "name": "weather"}
    assert request.thinking == {"effort": "low", "visible": True}
    assert request.extras == {
        "gemini": {
            "tools[].googleSearch": {},
            "toolConfig.retrievalConfig": {"languageCode": "de"},
            "generationConfig.candidateCount": 2,
            "safetySettings": FULL["safetySettings"],
            "cachedContent": "cachedContents/x",
        }
    }


def test_a_request_of_this_dialect_comes_out_as_it_was() -> None:
    written = write_request(read_request(FULL, "gemini-3.8-flash", False))
    assert (written.path, written.dropped) == ("/models/gemini-3.8-flash:generateContent", [])
    assert orjson.loads(orjson.dumps(written.body)) == FULL


def test_a_mode_that_only_this_dialect_knows_is_given_back() -> None:
    config = {"functionCallingConfig": {"mode": "VALIDATED"}}
    body = {**FULL, "toolConfig": config}
    assert write_request(read_request(body, "gemini-3.8-flash", False)).body["toolConfig"] == config


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def test_the_same_in_snake_case() -> None:
    def snake(value: Any) -> Any:
        if isinstance(value, dict):
            return {_snake(name): one if name in raw else snake(one) for name, one in cast(Any, value).items()}
        return [snake(one) for one in cast(Any, value)] if isinstance(value, list) else value

    raw = ("args", "response", "parametersJsonSchema", "responseJsonSchema")
    kept = ("retrieval", "safety")
    body = {name: value for name, value in FULL.items() if not name.startswith(kept)}
    body["toolConfig"] = {"functionCallingConfig": FULL["toolConfig"]["functionCallingConfig"]}
    assert read_request(snake(body), "m", False) == read_request(body, "m", False)
    assert "system_instruction" in snake(body)


@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("gemini-2.5-pro", "/models/gemini-2.5-pro:embedContent"),
        ("models/gemini-2.5-pro", "/models/gemini-2.5-pro:embedContent"),
        ("tunedModels/my-1", "/tunedModels/my-1:embedContent"),
        ("../../files?x#y", "/models/..%2F..%2Ffiles%3Fx%23y:embedContent"),
        ("tunedModels/../x", "/tunedModels/..%2Fx:embedContent"),
    ],
)
def test_a_name_cannot_leave_its_place_in_the_path(model: str, path: str) -> None:
    assert path_of(model, "embedContent") == path


def test_streams_have_a_path_of_their_own() -> None:
    assert generate_path("m", stream=True) == "/models/m:streamGenerateContent?alt=sse"
    assert write_request(Request("m", [], stream=True)).path == "/models/m:streamGenerateContent?alt=sse"


def test_the_model_may_stand_in_the_body() -> None:
    assert read_request({**FULL, "model": "models/a"}, None, None).model == "a"
    with pytest.raises(InvalidRequest, match=r"^`model`"):
        read_request(FULL, None, None)


@given(damaged(FULL))
def test_whatever_comes_is_read_or_refused(body: dict[str, Any]) -> None:
    try:
        request = read_request(body, "gemini-3.8-flash", True)
    except InvalidRequest:
        return
    orjson.dumps(write_request(request).body)


@given(conversations("gemini"), tools())
def test_what_is_written_is_read_again(messages: list[Message], offered: list[Tool]) -> None:
    request = Request(
        model="gemini-2.0-flash",
        messages=messages,
        tools=offered,
        tool_choice={"mode": "required"},
        max_tokens=4000,
        temperature=0.5,
        top_p=0.9,
        top_k=3,
        stop=["a", "b"],
        seed=3,
        presence_penalty=0.5,
        frequency_penalty=0.5,
        output=OutputFormat(type="schema", schema={"type": "object"}),
    )
    written = write_request(request)
    assert written.dropped == []
    read = read_request(orjson.loads(orjson.dumps(written.body)), request.model, False)
    assert messages_by_value(read.messages) == messages_by_value(request.messages)
    read.messages = request.messages = []
    assert read == request


def test_what_has_no_place_is_said() -> None:
    request = Request("m", [], user="u", extras={"openai_chat": {"logit_bias": {}}, "gemini": {"store": True}})
    written = write_request(request)
    assert written.dropped == ["user", "logit_bias"]
    assert written.body["store"] is True
