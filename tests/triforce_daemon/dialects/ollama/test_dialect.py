"""The dialect as others see it."""

from typing import Any

import orjson
import pytest

from tests.triforce_daemon.dialects.ollama.test_answer import NOW, WHOLE
from tests.triforce_daemon.dialects.ollama.test_generate import FULL as PROMPT
from tests.triforce_daemon.dialects.ollama.test_reader import GOLDEN
from tests.triforce_daemon.dialects.ollama.test_request import FULL
from tests.triforce_daemon.dialects.ollama.test_writer import EVENTS, lines
from tests.triforce_daemon.dialects.splitting import read, written
from triforce_daemon.dialects.dialect import Dialect, Embeds
from triforce_daemon.dialects.ollama.dialect import Ollama, OllamaGenerate
from triforce_daemon.errors import KeyRejected, UpstreamFailed

CHAT, GENERATE = Ollama(lambda: NOW), OllamaGenerate(lambda: NOW)


@pytest.mark.parametrize("dialect", [CHAT, GENERATE])
def test_both_are_dialects(dialect: Dialect) -> None:
    embeds: Embeds = CHAT
    assert (dialect.name, dialect.content_type) == ("ollama", "application/x-ndjson")
    assert embeds.read_embeddings({"embeddings": []}).vectors == []


def test_requests_and_answers() -> None:
    request = CHAT.read_request(FULL)
    assert CHAT.write_request(request).body == FULL
    assert CHAT.write_answer(CHAT.read_answer(WHOLE), request) == WHOLE
    assert CHAT.read_usage(WHOLE) == CHAT.read_answer(WHOLE).usage


@pytest.mark.parametrize(("dialect", "path"), [(CHAT, "/api/chat"), (GENERATE, "/api/generate")])
def test_each_has_its_path(dialect: Dialect, path: str) -> None:
    assert dialect.replace_model({"model": "a"}, "b", stream=True) == (path, {"model": "b"})


def test_a_prompt_is_answered_as_one() -> None:
    request = GENERATE.read_request(PROMPT)
    assert GENERATE.write_request(request).path == "/api/chat"
    assert GENERATE.write_answer(GENERATE.read_answer(WHOLE), request)["response"] == "Grüße"
    assert all("response" in line for line in lines(written(GENERATE.writer(request), EVENTS)))


def test_streams() -> None:
    stream = written(CHAT.writer(CHAT.read_request(FULL)), EVENTS)
    assert read(CHAT.reader(), [stream])[-1]["type"] == "usage"
    watch = CHAT.watch(FULL)
    assert watch.feed(GOLDEN) + watch.end == GOLDEN


def test_loading() -> None:
    body: dict[str, Any] = {"model": "m"}
    assert CHAT.only_loads(body) and not CHAT.only_loads(FULL)
    assert CHAT.write_loaded(body)["created_at"] == WHOLE["created_at"]


def test_errors() -> None:
    body = CHAT.write_error(UpstreamFailed("broken"), "r1")
    assert type(CHAT.read_error(401, orjson.dumps(body))) is KeyRejected


def test_embeddings() -> None:
    request = CHAT.read_embedding_request({"model": "m", "input": "a"})
    assert CHAT.write_embedding_request(request).path == CHAT.pass_embedding({}, "m")[0] == "/api/embed"
    vectors = CHAT.read_embeddings({"embeddings": [[1.0]]})
    assert CHAT.write_embeddings(vectors, {})["embeddings"] == [[1.0]]
