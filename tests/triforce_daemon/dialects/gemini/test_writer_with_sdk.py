"""The official client library understands what is written."""

from typing import Any

import orjson
import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import streams, whole
from tests.triforce_daemon.dialects.gemini.test_answer import SHOWN, answers
from tests.triforce_daemon.dialects.gemini.test_writer import SAID, written
from triforce_daemon.dialects import sse
from triforce_daemon.dialects.canonical import Answer, Embeddings, Event
from triforce_daemon.dialects.gemini.answer import write_answer
from triforce_daemon.dialects.gemini.embeddings import write_embeddings

types: Any = pytest.importorskip("google.genai.types")


def understood(data: bytes) -> Any:
    """What the library makes of a chunk or of an answer; it knows every field."""
    response = types.GenerateContentResponse.model_validate(orjson.loads(data), extra="forbid")
    assert response.candidates[0].content.role == "model"
    return response


def called(responses: list[Any]) -> list[Any]:
    calls: list[Any] = []
    for response in responses:
        calls += response.function_calls or []
    return calls


def test_the_library_reads_the_stream() -> None:
    responses = [understood(data) for data in sse.data_of_each(written(SAID))]
    parts = [part for response in responses for part in response.candidates[0].content.parts]
    assert "".join(part.text for part in parts if part.text and not part.thought) == "Grüß dich!"
    assert "".join(part.text for part in parts if part.text and part.thought) == "Hm."
    calls = called(responses)
    assert [(call.id, call.name, call.args) for call in calls] == [
        ("c1", "weather", {"city": "Zürich"}),
        ("c2", "now", {}),
    ]
    assert responses[-1].candidates[0].finish_reason == types.FinishReason.STOP
    assert responses[-1].usage_metadata.total_token_count == 42
    assert responses[0].response_id == "r1"


@given(streams("gemini"))
def test_the_library_reads_every_stream(events: list[Event]) -> None:
    responses = [understood(data) for data in sse.data_of_each(written(events))]
    calls = called(responses)
    said = [part for part in whole(events)["parts"] if part["type"] == "tool_call"]
    assert [(call.id, call.args) for call in calls] == [(part["id"], part["arguments"]) for part in said]


@given(answers())
def test_the_library_reads_whole_answers(answer: Answer) -> None:
    response = understood(orjson.dumps(write_answer(answer, SHOWN)))
    assert len(response.candidates[0].content.parts) == len(answer.parts)


def test_the_library_reads_embeddings_and_counts() -> None:
    body = write_embeddings(Embeddings("m", [[0.5], [1.0]]), {"requests": []})
    assert [one.values for one in types.EmbedContentResponse.model_validate(body).embeddings] == [[0.5], [1.0]]
    assert types.CountTokensResponse.model_validate({"totalTokens": 3}).total_tokens == 3
