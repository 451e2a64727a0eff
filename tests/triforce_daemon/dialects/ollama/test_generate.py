"""/api/generate: one prompt, and the answer beside the rest."""

from typing import Any

import orjson
import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import damaged
from tests.triforce_daemon.dialects.ollama.test_answer import NOW, WHOLE
from tests.triforce_daemon.dialects.ollama.test_writer import EVENTS, clock, lines
from tests.triforce_daemon.dialects.splitting import written
from triforce_daemon.dialects.canonical import Request
from triforce_daemon.dialects.ollama.answer import read_answer
from triforce_daemon.dialects.ollama.generate import FlatWriter, flat_answer, read_request
from triforce_daemon.errors import InvalidRequest

FULL: dict[str, Any] = {
    "model": "qwen3",
    "prompt": "What is this?",
    "system": "You are a clerk.",
    "images": ["iVBORw0KGgo="],
    "stream": False,
    "format": "json",
    "think": False,
    "options": {"num_predict": 5, "num_ctx": 1024},
    "raw": True,
    "suffix": "",
}


def test_a_prompt_is_a_message_of_the_user() -> None:
    request = read_request(FULL, None, None)
    assert [message["role"] for message in request.messages] == ["system", "user"]
    assert [part["type"] for part in request.messages[1]["parts"]] == ["text", "image"]
    assert (request.model, request.stream, request.max_tokens) == ("qwen3", False, 5)
    assert (request.output, request.thinking) == ({"type": "json"}, {"effort": "none"})
    assert request.extras == {"ollama": {"raw": True, "options.num_ctx": 1024}}


def test_it_streams_unless_told_otherwise() -> None:
    request = read_request({"prompt": "a"}, "m", None)
    assert (request.model, request.stream, len(request.messages)) == ("m", True, 1)


def test_a_whole_answer_is_flat() -> None:
    flat = flat_answer(read_answer(WHOLE), NOW)
    assert list(flat)[:3] == ["model", "created_at", "response"]
    assert (flat["response"], flat["thinking"], flat["done"], flat["eval_count"]) == ("Grüße", "hm", True, 5)
    assert flat["tool_calls"] == WHOLE["message"]["tool_calls"]
    assert "message" not in flat


def test_a_stream_is_flat() -> None:
    found = lines(written(FlatWriter(Request("m", []), clock()), EVENTS))
    assert [line["response"] for line in found] == ["", "Grüße\n", "no", "", "", ""]
    assert found[0]["thinking"] == "hm"
    assert found[3]["tool_calls"][0]["function"]["arguments"] == {"a": 1}
    assert all("message" not in line for line in found)
    assert (found[-1]["done"], found[-1]["done_reason"]) == (True, "stop")


def test_the_clients_library_understands() -> None:
    ollama = pytest.importorskip("ollama")
    for line in lines(written(FlatWriter(Request("m", []), clock()), EVENTS)):
        ollama.GenerateResponse.model_validate(line)
    whole = ollama.GenerateResponse.model_validate(orjson.loads(orjson.dumps(flat_answer(read_answer(WHOLE), NOW))))
    assert whole.response == "Grüße"


@pytest.mark.parametrize(
    ("change", "path"),
    [({"prompt": "", "images": None}, "prompt"), ({"system": 1}, "system"), ({"images": [1]}, "images")],
)
def test_a_refusal_names_the_field(change: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`{path}"):
        read_request({**FULL, **change}, None, None)


@given(damaged(FULL))
def test_any_json_is_a_request_or_refused(body: dict[str, Any]) -> None:
    try:
        read_request(body, None, None)
    except InvalidRequest as error:
        assert "`" in error.message
