"""Vectors, both ways."""

from typing import Any

import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import damaged
from triforce_daemon.dialects.canonical import EmbeddingRequest, Embeddings
from triforce_daemon.dialects.ollama.dialect import OllamaEmbedding
from triforce_daemon.dialects.ollama.embeddings import (
    pass_embedding,
    read_embedding_request,
    read_embeddings,
    write_embedding_request,
    write_embeddings,
)
from triforce_daemon.errors import InvalidRequest, TriforceError, UpstreamFailed

BODY: dict[str, Any] = {"model": "m", "input": ["a", "b"], "dimensions": 2, "truncate": True, "options": {"num_ctx": 9}}
ANSWER = Embeddings("m", [[0.5, -1.0], [0.25, 2.0]], {"input_tokens": 3, "output_tokens": 0})


def test_a_request_is_read_and_written() -> None:
    request = read_embedding_request(BODY, None)
    assert (request.model, request.inputs, request.dimensions) == ("m", ["a", "b"], 2)
    written = write_embedding_request(request)
    assert (written.path, written.body, written.dropped) == ("/api/embed", BODY, [])


def test_one_text_is_a_list_of_one() -> None:
    assert read_embedding_request({"input": "a", "options": {}}, "other") == EmbeddingRequest("other", ["a"])


def test_what_cannot_be_said_is_named() -> None:
    written = write_embedding_request(EmbeddingRequest("m", ["a"], None, "u", {"gemini": {"taskType": "X"}}))
    assert (written.body, written.dropped) == ({"model": "m", "input": ["a"]}, ["user", "taskType"])


@pytest.mark.parametrize(
    ("change", "path"), [({"input": []}, "input"), ({"input": [1]}, r"input\[0\]"), ({"model": 1}, "model")]
)
def test_a_refusal_names_the_field(change: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`{path}` must be"):
        read_embedding_request({**BODY, **change}, None)


def test_vectors_come_back() -> None:
    written = write_embeddings(ANSWER)
    assert read_embeddings(written) == ANSWER
    assert read_embeddings({"embeddings": []}) == Embeddings("", [], None)
    assert write_embeddings(Embeddings("m", []))["prompt_eval_count"] == 0


def test_the_clients_library_understands() -> None:
    ollama = pytest.importorskip("ollama")
    assert ollama.EmbedResponse.model_validate(write_embeddings(ANSWER)).embeddings == ANSWER.vectors


@pytest.mark.parametrize("body", [{}, {"embeddings": [1]}, {"error": "it broke"}])
def test_what_are_no_vectors_is_an_error(body: dict[str, Any]) -> None:
    with pytest.raises(UpstreamFailed):
        read_embeddings(body)


def test_only_the_model_is_replaced() -> None:
    assert pass_embedding(BODY, "n") == ("/api/embed", {**BODY, "model": "n"})
    assert pass_embedding(BODY, "m")[1] is BODY


@given(damaged(BODY))
def test_any_json_is_a_request_or_refused(body: dict[str, Any]) -> None:
    try:
        read_embedding_request(body, None)
    except TriforceError as error:
        assert "`" in error.message


def test_one_text_may_be_asked_for_as_before() -> None:
    dialect = OllamaEmbedding()
    asked = dialect.read_embedding_request({"model": "m", "prompt": "a", "keep_alive": "5m"})
    assert (asked.model, asked.inputs, asked.extras) == ("m", ["a"], {"ollama": {"keep_alive": "5m"}})
    assert dialect.write_embeddings(Embeddings("m", [[0.5]]), {}) == {"embedding": [0.5]}
    assert dialect.pass_embedding({"model": "x", "prompt": "a"}, "m") == (
        "/api/embeddings",
        {"model": "m", "prompt": "a"},
    )
    with pytest.raises(InvalidRequest, match="prompt"):
        dialect.read_embedding_request({"model": "m"})
