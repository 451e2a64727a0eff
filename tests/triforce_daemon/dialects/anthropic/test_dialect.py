"""The dialect fulfils the protocol, and only delegates."""

import pytest

from tests.triforce_daemon.dialects.anthropic.stream_fixtures import stream
from triforce_daemon.dialects.anthropic.dialect import Anthropic
from triforce_daemon.dialects.canonical import Answer, Request
from triforce_daemon.dialects.dialect import CountsTokens, Dialect
from triforce_daemon.errors import InvalidRequest, UpstreamFailed

BODY = {"model": "claude-opus-4-6", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}], "new_field": 1}
ANTHROPIC = Anthropic()
AS_DIALECT: Dialect = ANTHROPIC
AS_COUNTER: CountsTokens = ANTHROPIC


def test_requests() -> None:
    request = AS_DIALECT.read_request(BODY, model=None, stream=True)
    assert request.stream
    assert AS_DIALECT.write_request(request).body == {**BODY, "stream": True}
    assert AS_DIALECT.replace_model(BODY, "other", stream=True) == ("/messages", {**BODY, "model": "other"})


def test_answers() -> None:
    answer = Answer(id="a", model="m", parts=[{"type": "text", "text": "Hi"}], finish="stop", usage=None)
    body = AS_DIALECT.write_answer(answer, Request("m", []))
    assert AS_DIALECT.read_answer(body).parts == answer.parts
    assert AS_DIALECT.read_usage({"usage": {"input_tokens": 1, "output_tokens": 2}}) == {
        "input_tokens": 1,
        "output_tokens": 2,
    }


def test_streams() -> None:
    reader, writer, watch = AS_DIALECT.reader(), AS_DIALECT.writer(Request("m", [])), AS_DIALECT.watch({})
    written = b"".join(writer.write(event) for event in reader.feed(stream()))
    assert written.startswith(b"event: message_start")
    assert watch.feed(stream()) + watch.end == stream()
    assert (AS_DIALECT.name, AS_DIALECT.content_type) == ("anthropic", "text/event-stream")


def test_errors() -> None:
    assert AS_DIALECT.write_error(InvalidRequest("x"), "r")["error"]["type"] == "invalid_request_error"
    assert isinstance(AS_DIALECT.read_error(500, b"{}"), UpstreamFailed)


def test_counting() -> None:
    body = {"model": "claude-opus-4-6", "messages": BODY["messages"]}
    written = AS_COUNTER.write_count_request(AS_COUNTER.read_count_request(body))
    assert (written.path, written.body) == ("/messages/count_tokens", body)
    assert AS_COUNTER.pass_count(body, "other") == ("/messages/count_tokens", {**body, "model": "other"})
    assert AS_COUNTER.read_count(AS_COUNTER.write_count(2095)) == 2095
    with pytest.raises(UpstreamFailed):
        AS_COUNTER.read_count({})
