"""The dialect as others see it."""

import orjson
import pytest

from tests.triforce_daemon.dialects.openai_chat.test_answer import WHOLE
from tests.triforce_daemon.dialects.openai_chat.test_request import FULL
from tests.triforce_daemon.dialects.openai_chat.test_writer import EVENTS
from tests.triforce_daemon.dialects.splitting import read, written
from triforce_daemon.dialects.dialect import Dialect, Embeds
from triforce_daemon.dialects.openai_chat.dialect import OpenAIChat
from triforce_daemon.errors import KeyRejected, UpstreamFailed

CHAT = OpenAIChat(lambda: 1700000000.9)


def test_it_is_a_dialect() -> None:
    dialect: Dialect = CHAT
    embeds: Embeds = CHAT
    assert (dialect.name, dialect.content_type) == ("openai_chat", "text/event-stream")
    assert embeds.read_embeddings({"data": []}).vectors == []


def test_requests_and_answers() -> None:
    request = CHAT.read_request(FULL)
    assert CHAT.write_request(request).body == FULL
    assert CHAT.write_answer(CHAT.read_answer(WHOLE), request) == WHOLE
    assert CHAT.read_usage(WHOLE) == CHAT.read_answer(WHOLE).usage
    assert CHAT.replace_model(FULL, "other", stream=True) == ("/chat/completions", {**FULL, "model": "other"})


def test_streams() -> None:
    stream = written(CHAT.writer(CHAT.read_request(FULL)), EVENTS)
    assert b'"created":1700000000,' in stream
    assert read(CHAT.reader(), [stream])[-1]["type"] == "usage"


@pytest.mark.parametrize("asked", [True, False])
def test_who_asked_for_usage_keeps_it(asked: bool) -> None:
    stream = written(CHAT.writer(CHAT.read_request(FULL)), EVENTS)
    watch = CHAT.watch({"stream_options": {"include_usage": asked}})
    assert (b'"prompt_tokens"' in watch.feed(stream)) is asked


def test_errors() -> None:
    body = CHAT.write_error(UpstreamFailed("broken"), "r1")
    assert type(CHAT.read_error(401, orjson.dumps(body))) is KeyRejected


def test_embeddings() -> None:
    request = CHAT.read_embedding_request({"model": "m", "input": "a"})
    assert CHAT.write_embedding_request(request).path == CHAT.pass_embedding({}, "m")[0] == "/embeddings"
    vectors = CHAT.read_embeddings({"data": [{"embedding": [1.0]}]})
    assert CHAT.write_embeddings(vectors, {})["data"][0]["embedding"] == [1.0]
