"""The dialect as others see it."""

import orjson

from tests.triforce_daemon.dialects.openai_responses.test_answer import WHOLE
from tests.triforce_daemon.dialects.openai_responses.test_reader import GOLDEN
from tests.triforce_daemon.dialects.openai_responses.test_request import FULL
from tests.triforce_daemon.dialects.openai_responses.test_writer import EVENTS
from tests.triforce_daemon.dialects.splitting import read, written
from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.dialects.openai_responses.dialect import OpenAIResponses
from triforce_daemon.errors import KeyRejected, UpstreamFailed

RESPONSES = OpenAIResponses(lambda: 1700000000.9)


def test_it_is_a_dialect() -> None:
    dialect: Dialect = RESPONSES
    assert (dialect.name, dialect.content_type) == ("openai_responses", "text/event-stream")


def test_requests_and_answers() -> None:
    request = RESPONSES.read_request(FULL)
    assert RESPONSES.write_request(request).body == FULL
    answer = RESPONSES.read_answer(WHOLE)
    written = RESPONSES.write_answer(answer, request)
    assert (written["created_at"], RESPONSES.read_usage(written)) == (1700000000, answer.usage)
    assert RESPONSES.replace_model(FULL, "other", stream=True) == ("/responses", {**FULL, "model": "other"})


def test_streams() -> None:
    stream = written(RESPONSES.writer(RESPONSES.read_request(FULL)), EVENTS)
    assert b'"created_at":1700000000,' in stream
    assert read(RESPONSES.reader(), [stream])[-1]["type"] == "usage"
    watch = RESPONSES.watch(FULL)
    assert watch.feed(GOLDEN) + watch.end == GOLDEN


def test_errors() -> None:
    body = RESPONSES.write_error(UpstreamFailed("broken"), "r1")
    assert type(RESPONSES.read_error(401, orjson.dumps(body))) is KeyRejected
