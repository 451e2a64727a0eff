"""Vectors, both ways."""

from typing import Any

import pytest
from hypothesis import given
from openai.types import CreateEmbeddingResponse

from tests.triforce_daemon.dialects.canonical_values import damaged
from triforce_daemon.dialects.canonical import EmbeddingRequest, Embeddings
from triforce_daemon.dialects.openai_chat.embeddings import (
    pass_embedding,
    read_embedding_request,
    read_embeddings,
    write_embedding_request,
    write_embeddings,
)
from triforce_daemon.errors import InvalidRequest, TriforceError, UpstreamFailed, UpstreamLimited

BODY: dict[str, Any] = {"model": "m", "input": ["a", "b"], "encoding_format": "float", "dimensions": 2, "user": "u"}
ANSWER = Embeddings("m", [[0.5, -1.0], [0.25, 2.0]], {"input_tokens": 3, "output_tokens": 0})


def test_a_request_is_read_and_written() -> None:
    request = read_embedding_request({**BODY, "priority": 1}, None)
    assert request == EmbeddingRequest("m", ["a", "b"], 2, "u", {"openai_chat": {"priority": 1}})
    written = write_embedding_request(request)
    assert (written.path, written.body, written.dropped) == ("/embeddings", {**BODY, "priority": 1}, [])


def test_one_text_is_a_list_of_one() -> None:
    assert read_embedding_request({"input": "a"}, "other") == EmbeddingRequest("other", ["a"])


def test_what_only_another_dialect_knows_is_named() -> None:
    written = write_embedding_request(EmbeddingRequest("m", ["a"], extras={"gemini": {"taskType": "X"}}))
    assert (written.body.keys(), written.dropped) == ({"model", "input", "encoding_format"}, ["taskType"])


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"input": []}, "input"),
        ({"input": [1, 2]}, r"input\[0\]"),
        ({"encoding_format": "int8"}, "encoding_format"),
        ({"model": None}, "model"),
    ],
)
def test_a_refusal_names_the_field(change: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`{path}` must be"):
        read_embedding_request({**BODY, **change}, None)


@pytest.mark.parametrize("form", ["float", "base64", None])
def test_vectors_come_back_in_either_form(form: str | None) -> None:
    written = write_embeddings(ANSWER, {"encoding_format": form})
    assert isinstance(written["data"][0]["embedding"], str) is (form == "base64")
    assert read_embeddings(written) == ANSWER
    if form != "base64":
        CreateEmbeddingResponse.model_validate(written)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({}, UpstreamFailed),
        ({"data": [{"embedding": 1}]}, UpstreamFailed),
        ({"data": [{"embedding": "!"}]}, UpstreamFailed),
        ({"data": ["x"]}, UpstreamFailed),
        ({"error": {"message": "x", "code": 429}}, UpstreamLimited),
    ],
)
def test_what_are_no_vectors_is_an_error(body: dict[str, Any], kind: type[TriforceError]) -> None:
    with pytest.raises(kind):
        read_embeddings(body)


def test_without_usage_nothing_is_counted() -> None:
    assert read_embeddings({"data": []}) == Embeddings("", [], None)
    assert write_embeddings(Embeddings("m", []), {})["usage"] == {"prompt_tokens": 0, "total_tokens": 0}


def test_only_the_model_is_replaced() -> None:
    assert pass_embedding(BODY, "n") == ("/embeddings", {**BODY, "model": "n"})
    assert pass_embedding(BODY, "m")[1] is BODY


@given(damaged(BODY))
def test_any_json_is_a_request_or_refused(body: dict[str, Any]) -> None:
    try:
        read_embedding_request(body, None)
    except InvalidRequest as error:
        assert "`" in error.message
