"""The main job, end to end: real tokens of the embedded model, through the daemon, into a client."""

import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator

import httpx2
import openai
import pytest

from tests.end_to_end.processes import Daemon, running, triforce
from tests.homes import environment

pytestmark = [pytest.mark.model, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def daemon(model_file: str) -> Iterator[Daemon]:
    """One for all: only what it is asked differs."""
    with (
        tempfile.TemporaryDirectory(prefix="tf-") as folder,
        running({**environment(folder), "TRIFORCE_BUILTIN_MODEL": model_file}) as daemon,
    ):
        yield daemon


@pytest.fixture
def client(daemon: Daemon) -> Iterator[openai.OpenAI]:
    http = openai.DefaultHttpxClient(transport=httpx2.HTTPTransport(uds=daemon.socket))
    with openai.OpenAI(base_url="http://triforced/v1", api_key="none", http_client=http, max_retries=0) as client:
        yield client


ASK = [{"role": "user", "content": "What is the capital of France?"}]


def test_the_openai_client_chats_and_streams(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="default", messages=ASK, max_tokens=24)
    assert whole.choices[0].message.content
    assert whole.choices[0].finish_reason in ("stop", "length")
    assert whole.usage.prompt_tokens > 5
    chunks = list(client.chat.completions.create(model="default", messages=ASK, max_tokens=24, stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text
    assert sum(bool(chunk.choices[0].delta.content) for chunk in chunks) > 3, "it comes in pieces"


def test_json_schema_constrains_the_answer(client: openai.OpenAI) -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string", "maxLength": 20}, "population": {"type": "integer"}},
        "required": ["city", "population"],
        "additionalProperties": False,
    }
    answer = client.chat.completions.create(
        model="default",
        messages=ASK,
        max_tokens=80,
        response_format={"type": "json_schema", "json_schema": {"name": "city", "schema": schema, "strict": True}},
    )
    assert set(json.loads(answer.choices[0].message.content)) == {"city", "population"}


WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"$ref": "#/$defs/City"}, "days": {"type": "integer", "minimum": 1}},
            "required": ["city"],
            "$defs": {"City": {"type": "string", "enum": ["Paris", "Rome"]}},
        },
    },
}


def test_it_calls_tools(client: openai.OpenAI) -> None:
    ask = {"model": "default", "tools": [WEATHER], "tool_choice": "required", "max_tokens": 120}
    messages = [{"role": "user", "content": "What is the weather in Rome?"}]
    whole = client.chat.completions.create(messages=messages, **ask)
    (call,) = whole.choices[0].message.tool_calls
    assert whole.choices[0].finish_reason == "tool_calls"
    assert call.function.name == "get_weather"
    assert json.loads(call.function.arguments)["city"] in ("Paris", "Rome")
    chunks = list(client.chat.completions.create(messages=messages, stream=True, **ask))
    deltas = [call for chunk in chunks if chunk.choices for call in chunk.choices[0].delta.tool_calls or ()]
    assert deltas[0].function.name == "get_weather"
    assert json.loads("".join(delta.function.arguments or "" for delta in deltas))["city"] in ("Paris", "Rome")
    assert len(deltas) > 2, "the arguments come as they are written"


def test_it_goes_on_with_what_a_tool_returned(client: openai.OpenAI) -> None:
    function = {"name": "get_weather", "arguments": '{"city": "Rome"}'}
    messages = [
        {"role": "user", "content": "What is the weather in Rome?"},
        {"role": "assistant", "tool_calls": [{"id": "c1", "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": "c1", "content": "It is sunny."},
    ]
    answer = client.chat.completions.create(model="default", messages=messages, max_tokens=40)
    assert answer.choices[0].message.content
    assert answer.choices[0].message.tool_calls is None


def test_it_makes_vectors_of_short_texts(client: openai.OpenAI) -> None:
    got = client.embeddings.create(model="builtin/smollm2-135m-instruct", input=["A cat.", "A dog."])
    assert len(got.data) == 2
    assert len(got.data[0].embedding) == len(got.data[1].embedding) > 100
    assert got.data[0].embedding != got.data[1].embedding
    assert got.usage.prompt_tokens > 3
    with pytest.raises(openai.BadRequestError) as raised:
        client.embeddings.create(model="builtin/smollm2-135m-instruct", input="word " * 500)
    assert raised.value.code == "context_length_exceeded"
    assert client.chat.completions.create(model="default", messages=ASK, max_tokens=8).choices[0].message.content


def test_a_conversation_that_is_too_long_is_told_so(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        client.chat.completions.create(model="default", messages=[{"role": "user", "content": "word " * 9_000}])
    assert raised.value.code == "context_length_exceeded"


def test_closing_the_connection_frees_the_model_at_once(daemon: Daemon) -> None:
    events = daemon.turn("Tell me a very long story about a whale.", options={"max_tokens": 3_000})
    for event in events:
        if event["type"] == "text.delta":
            break
    began = time.monotonic()
    events.close()
    while daemon.call("GET", "/v1/status")[1]["daemon"]["streams"]:
        time.sleep(0.02)
    assert time.monotonic() - began < 1
    _, page = daemon.call("GET", "/v1/sessions")
    _, session = daemon.call("GET", f"/v1/sessions/{page['items'][0]['id']}")
    assert session["history"][0]["state"] == "interrupted"
    assert session["history"][0]["output"]


def test_a_crash_of_the_engine_fails_only_its_request(daemon: Daemon) -> None:
    events = daemon.turn("Tell me a very long story about a whale.", options={"max_tokens": 3_000})
    last = None
    for event in events:
        if event["type"] == "text.delta" and last != "killed":
            (engine,) = daemon.call("GET", "/v1/status")[1]["engines"]
            os.kill(engine["pid"], signal.SIGKILL)
            last = "killed"
    assert event["type"] == "error"
    assert [event["type"] for event in daemon.turn("Say hi.", options={"max_tokens": 4})][-1] == "done"


def test_triforce_chat_prints_what_the_model_says(daemon: Daemon) -> None:
    done = triforce(daemon.environ, "chat", "--max-tokens", "24", "What is the capital of France?")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) >= 2
    # An answer that reaches its limit is followed by a word about that, and by nothing else.
    assert done.stderr == b"" or b"to go on" in done.stderr
    asked = triforce(daemon.environ, "chat", "--json", "--max-tokens", "8", "Say hi.")
    result = json.loads(asked.stdout)
    assert result["schema"] == "triforce.chat/1"
    assert result["usage"]["output_tokens"] > 0


def test_the_same_model_answers_in_every_dialect(daemon: Daemon) -> None:
    said = {"role": "user", "content": "Say hi."}
    parts = {"contents": [{"parts": [{"text": "Say hi."}]}], "generationConfig": {"maxOutputTokens": 6}}
    asked = {
        "/v1/responses": ({"input": "Say hi.", "max_output_tokens": 16}, ("output", 0, "content", 0, "text")),
        "/v1/messages": ({"messages": [said], "max_tokens": 6}, ("content", 0, "text")),
        "/v1beta/models/default:generateContent": (parts, ("candidates", 0, "content", "parts", 0, "text")),
        "/api/chat": ({"messages": [said], "stream": False, "options": {"num_predict": 6}}, ("message", "content")),
        "/api/generate": ({"prompt": "Say hi.", "stream": False, "options": {"num_predict": 6}}, ("response",)),
    }
    for path, (body, place) in asked.items():
        status, answer = daemon.call("POST", path, {"model": "default", **body})
        assert status == 200, answer
        for step in place:
            answer = answer[step]
        assert answer.strip(), path
