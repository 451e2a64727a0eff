"""The dialect fulfils the protocols, and only delegates."""

from typing import Any

from tests.triforce_daemon.dialects.gemini.stream_fixtures import stream
from triforce_daemon.dialects.canonical import Answer, EmbeddingRequest, Embeddings, Request
from triforce_daemon.dialects.dialect import CountsTokens, Dialect, Embeds
from triforce_daemon.dialects.gemini.dialect import Gemini
from triforce_daemon.errors import InvalidRequest, UpstreamFailed

BODY: dict[str, Any] = {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}], "labels": {"a": "b"}}
GEMINI = Gemini()
AS_DIALECT: Dialect = GEMINI
AS_COUNTER: CountsTokens = GEMINI
AS_EMBEDDER: Embeds = GEMINI


def test_requests() -> None:
    request = AS_DIALECT.read_request(BODY, model="m", stream=True)
    written = AS_DIALECT.write_request(request)
    assert (written.path, written.body) == ("/models/m:streamGenerateContent?alt=sse", BODY)
    assert AS_DIALECT.replace_model(BODY, "other", stream=False) == ("/models/other:generateContent", BODY)
    assert AS_DIALECT.replace_model({**BODY, "model": "m"}, "other", stream=True) == (
        "/models/other:streamGenerateContent?alt=sse",
        BODY,
    )


def test_answers() -> None:
    answer = Answer(id="a", model="m", parts=[{"type": "text", "text": "Hi"}], finish="stop", usage=None)
    body = AS_DIALECT.write_answer(answer, Request("m", []))
    assert AS_DIALECT.read_answer(body) == answer
    assert AS_DIALECT.read_usage({"usageMetadata": {"promptTokenCount": 1}}) == {"input_tokens": 1, "output_tokens": 0}


def test_streams() -> None:
    reader, writer, watch = AS_DIALECT.reader(), AS_DIALECT.writer(Request("m", [])), AS_DIALECT.watch({})
    written = b"".join(writer.write(event) for event in reader.feed(stream()))
    assert written.startswith(b"data: ")
    assert watch.feed(stream()) + watch.end == stream()
    assert (AS_DIALECT.name, AS_DIALECT.content_type) == ("gemini", "text/event-stream")


def test_errors() -> None:
    assert AS_DIALECT.write_error(InvalidRequest("x"), "r")["error"]["status"] == "INVALID_ARGUMENT"
    assert isinstance(AS_DIALECT.read_error(500, b"{}"), UpstreamFailed)


def test_counting() -> None:
    contents = {"contents": BODY["contents"]}
    written = AS_COUNTER.write_count_request(AS_COUNTER.read_count_request(contents, model="m"))
    assert (written.path, written.body) == ("/models/m:countTokens", contents)
    assert AS_COUNTER.pass_count(contents, "other") == ("/models/other:countTokens", contents)
    assert AS_COUNTER.read_count(AS_COUNTER.write_count(2095)) == 2095


def test_embeddings() -> None:
    body = AS_EMBEDDER.write_embedding_request(EmbeddingRequest("m", ["a", "b"])).body
    assert AS_EMBEDDER.read_embedding_request(body).inputs == ["a", "b"]
    vectors = Embeddings("", [[1.0], [2.0]])
    assert AS_EMBEDDER.read_embeddings(AS_EMBEDDER.write_embeddings(vectors, body)) == vectors
    assert AS_EMBEDDER.pass_embedding(body, "other")[0] == "/models/other:batchEmbedContents"
