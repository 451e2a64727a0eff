"""Embeddings, one or many at a time, both ways."""

from typing import Any

import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import damaged
from triforce_daemon.dialects.canonical import EmbeddingRequest, Embeddings
from triforce_daemon.dialects.gemini.embeddings import (
    pass_embedding,
    read_embedding_request,
    read_embeddings,
    write_embedding_request,
    write_embeddings,
)
from triforce_daemon.errors import InvalidRequest, UpstreamFailed


def asked(text: str, **more: Any) -> dict[str, Any]:
    return {"model": "models/gemini-embedding-001", "content": {"parts": [{"text": text}]}, **more}


ONE = asked("a", output_dimensionality=256, taskType="RETRIEVAL_QUERY")
MANY: dict[str, Any] = {"requests": [asked("a", outputDimensionality=256), asked("b", outputDimensionality=256)]}


def test_one_is_read() -> None:
    assert read_embedding_request(ONE, None) == EmbeddingRequest(
        "gemini-embedding-001", ["a"], 256, extras={"gemini": {"taskType": "RETRIEVAL_QUERY"}}
    )


def test_many_are_read_and_written() -> None:
    request = read_embedding_request(MANY, None)
    assert request == EmbeddingRequest("gemini-embedding-001", ["a", "b"], 256)
    written = write_embedding_request(request)
    assert (written.path, written.body) == ("/models/gemini-embedding-001:batchEmbedContents", MANY)
    assert written.dropped == []


def test_parts_are_lines_of_one_text() -> None:
    body = {"content": {"parts": [{"text": "a"}, {"text": "b"}]}}
    assert read_embedding_request(body, "m").inputs == ["a\nb"]


def test_what_has_no_place_is_said() -> None:
    extras = {"openai_chat": {"encoding_format": "base64"}, "gemini": {"title": "t"}}
    written = write_embedding_request(EmbeddingRequest("m", ["a"], user="u", extras=extras))
    assert written.dropped == ["user", "encoding_format"]
    assert written.body["requests"][0]["title"] == "t"


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"requests": []}, "requests"),
    ({"requests": 7}, "requests"),
    ({"requests": [7]}, r"requests\[0\]"),
    ({}, "content"),
    ({"content": {}}, "content.parts"),
    ({"content": {"parts": [{}]}}, r"content.parts\[0\].text"),
    ({"requests": [{"content": {"parts": [7]}}]}, r"requests\[0\].content.parts\[0\]"),
    (asked("a", outputDimensionality="x"), "outputDimensionality"),
]


@pytest.mark.parametrize(("body", "place"), MISTAKES)
def test_mistakes_are_named(body: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`{place}`"):
        read_embedding_request(body, "m")


@given(damaged(MANY))
def test_whatever_comes_is_read_or_refused(body: dict[str, Any]) -> None:
    try:
        write_embedding_request(read_embedding_request(body, "m"))
    except InvalidRequest:
        return


def test_the_answer() -> None:
    vectors = [[0.25, 1.0], [0.5, -1.0]]
    body = {"embeddings": [{"values": [0.25, 1]}, {"values": [0.5, -1.0]}], "usageMetadata": {"promptTokenCount": 4}}
    read = read_embeddings(body)
    assert read == Embeddings("", vectors, {"input_tokens": 4, "output_tokens": 0})
    assert read_embeddings({"embedding": {"values": [1]}}) == Embeddings("", [[1.0]])
    assert write_embeddings(read, MANY) == {
        "embeddings": [{"values": vector} for vector in vectors],
        "usageMetadata": {"promptTokenCount": 4, "totalTokenCount": 4},
    }
    assert write_embeddings(Embeddings("m", [[1.0]]), ONE) == {"embedding": {"values": [1.0]}}


BROKEN: list[dict[str, Any]] = [
    {},
    {"embedding": {}},
    {"embeddings": [7]},
    {"embeddings": 7},
    {"embedding": {"values": ["x"]}},
]


@pytest.mark.parametrize("body", BROKEN)
def test_what_is_no_answer(body: dict[str, Any]) -> None:
    with pytest.raises(UpstreamFailed):
        read_embeddings(body)


def test_a_question_that_passes_through() -> None:
    path, body = pass_embedding(MANY, "other")
    assert path == "/models/other:batchEmbedContents"
    assert [one["model"] for one in body["requests"]] == ["models/other"] * 2
    assert pass_embedding(ONE, "models/other") == ("/models/other:embedContent", {**ONE, "model": "models/other"})
    with pytest.raises(InvalidRequest):
        pass_embedding({"requests": [7]}, "other")
