"""OpenAI's chat dialect: what is sent, and what may be made of whatever comes back."""

from typing import Any, cast

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triforce_daemon.dialects import openai_chat
from triforce_daemon.dialects.canonical import Conversation, Message
from triforce_daemon.errors import (
    ContextExceeded,
    InvalidRequest,
    ModelNotFound,
    ProviderUnavailable,
    TriforceError,
    UpstreamFailed,
)
from triforce_daemon.wire.sessions import Options

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 64) - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects that have some of these fields, each with what it should hold or with anything else."""
    return st.fixed_dictionaries({}, optional={name: kind | json_values for name, kind in fields.items()})


usages = objects(prompt_tokens=st.integers(0, 99), completion_tokens=st.integers(0, 99))
deltas = objects(content=st.text(max_size=9), role=st.just("assistant"))
choices = objects(delta=deltas, finish_reason=st.sampled_from(["stop", "length", "tool_calls"]), index=st.just(0))
errors = objects(
    message=st.text(max_size=9),
    type=st.just("exceed_context_size_error"),
    n_ctx=st.integers(0, 9),
    n_prompt_tokens=st.integers(0, 9),
)
chunks = objects(choices=st.lists(choices | json_values, max_size=2), usage=usages, error=errors, id=st.just("x"))


def conversation(**more: Any) -> Conversation:
    said = [Message(role="system", text="Be brief."), Message(role="user", text="Hi")]
    return Conversation(said, **more)


def test_a_request_asks_for_a_stream_with_its_usage() -> None:
    assert openai_chat.write_request("small", conversation()) == {
        "model": "small",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_a_request_carries_the_options_that_were_given() -> None:
    options = Options(temperature=0.5, max_tokens=7, stop=["."])
    body = openai_chat.write_request("small", conversation(options=options))
    assert {name: body[name] for name in options} == options
    assert len(body) == 4 + 3


def test_an_option_never_takes_the_place_of_what_we_need() -> None:
    options = cast(Options, {"stream": False, "model": "x", "messages": [], "stream_options": None})
    assert openai_chat.write_request("small", conversation(options=options)) == openai_chat.write_request(
        "small", conversation()
    )


def test_a_schema_becomes_a_response_format() -> None:
    schema: dict[str, object] = {"type": "object", "properties": {"a": {"type": "integer"}}}
    body = openai_chat.write_request("small", conversation(json_schema=schema))
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": schema, "strict": True},
    }


def read(chunk: Any) -> list[Any]:
    return openai_chat.read_event(orjson.dumps(chunk))


def test_text_end_and_usage_are_read() -> None:
    choice = {"delta": {"role": "assistant", "content": "He"}, "finish_reason": None}
    assert read({"choices": [choice], "usage": None}) == [{"type": "text", "text": "He"}]
    assert read({"choices": [{"delta": {}, "finish_reason": "stop"}]}) == [{"type": "finish", "reason": "stop"}]
    assert read({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}}) == [
        {"type": "usage", "usage": {"input_tokens": 3, "output_tokens": 4, "estimated": False}}
    ]
    whole = {"choices": [{"delta": {"content": "x"}, "finish_reason": "length"}], "usage": {"prompt_tokens": 1}}
    assert [piece["type"] for piece in read(whole)] == ["text", "finish", "usage"]


@pytest.mark.parametrize("chunk", [{}, {"choices": []}, {"choices": [{"delta": {"content": ""}}]}, {"error": None}])
def test_an_event_may_hold_nothing(chunk: object) -> None:
    assert read(chunk) == []


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("content_filter", "content_filter"),
        ("tool_calls", "other"),
        (7, "other"),
    ],
)
def test_reasons_to_end_are_ours(theirs: object, ours: str) -> None:
    assert read({"choices": [{"delta": {}, "finish_reason": theirs}]}) == [{"type": "finish", "reason": ours}]


@given(chunks | json_values)
@example({"choices": {"0": {}}})
@example({"choices": [{"delta": "text"}]})
@example({"choices": [{"delta": {"content": [{"type": "text", "text": "x"}]}}]})
@example({"usage": {"prompt_tokens": "many"}})
def test_any_event_is_read_or_refused_in_words(chunk: object) -> None:
    try:
        pieces = read(chunk)
    except TriforceError as error:
        assert error.message
    else:
        for piece in pieces:
            if piece["type"] == "text":
                assert isinstance(piece["text"], str)
            if piece["type"] == "usage":
                assert 0 <= piece["usage"]["input_tokens"] < 1 << 53


@given(st.binary(max_size=40))
@example(b"")
@example(b"\xff")
@example(b"[" * 3_000)
@example(b'{"a": "\\ud800"}')
def test_what_is_no_json_object_is_the_providers_failure(data: bytes) -> None:
    try:
        assert isinstance(orjson.loads(data), dict)
    except (orjson.JSONDecodeError, AssertionError):
        with pytest.raises(UpstreamFailed):
            openai_chat.read_event(data)


@pytest.mark.parametrize(
    ("usage", "figures"),
    [
        ({"prompt_tokens": 3, "completion_tokens": 4}, (3, 4)),
        ({"prompt_tokens": 3}, (3, 0)),
        ({"prompt_tokens": None, "completion_tokens": 4}, (0, 4)),
        ({"prompt_tokens": 0, "completion_tokens": 0}, (0, 0)),
        ({"prompt_tokens": -1, "completion_tokens": 4}, (0, 4)),
        ({"prompt_tokens": 1 << 63, "completion_tokens": 4}, (0, 4)),
        ({"prompt_tokens": "3", "completion_tokens": [4]}, None),
        ({}, None),
        (None, None),
        ([3], None),
    ],
)
def test_usage_is_what_can_be_understood_of_it(usage: object, figures: tuple[int, int] | None) -> None:
    found = openai_chat.read_usage({"usage": usage})
    assert (found and (found["input_tokens"], found["output_tokens"], found["estimated"])) == (
        figures and (*figures, False)
    )


def refusal(status: int, body: object) -> TriforceError:
    return openai_chat.read_error(status, body if isinstance(body, bytes) else orjson.dumps(body))


def test_a_conversation_that_is_too_long_is_told_with_its_figures() -> None:
    error = refusal(
        400,
        {
            "error": {
                "code": 400,
                "message": "the request exceeds the available context size, try increasing it",
                "type": "exceed_context_size_error",
                "n_prompt_tokens": 5_000,
                "n_ctx": 4_096,
            }
        },
    )
    assert type(error) is ContextExceeded
    assert error.message == "The conversation has 5000 tokens; this model holds 4096."
    assert "builtin.context" in str(error.hint)


def test_nor_does_it_need_figures() -> None:
    error = refusal(400, {"error": {"message": "maximum context length is 8192", "code": "context_length_exceeded"}})
    assert type(error) is ContextExceeded
    assert error.message == "maximum context length is 8192"


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, {"error": {"message": "no field", "type": "invalid_request_error"}}, InvalidRequest, "no field"),
        (404, {"error": {"message": "gone"}}, InvalidRequest, "gone"),
        (413, {"error": "too large"}, InvalidRequest, "too large"),
        (422, {"error": {"message": None}}, InvalidRequest, "422"),
        (500, {"error": {"message": "bad", "type": "invalid_request_error"}}, InvalidRequest, "bad"),
        (503, {"error": {"message": "Loading", "type": "unavailable_error"}}, ProviderUnavailable, "Loading"),
        (500, {"error": {"message": "it broke", "type": "server_error"}}, UpstreamFailed, "it broke"),
        (502, b"<html>Bad Gateway</html>", UpstreamFailed, "502"),
        (500, b"", UpstreamFailed, "500"),
        (500, [1, 2], UpstreamFailed, "500"),
        (500, {"error": None}, UpstreamFailed, "500"),
        (500, {"error": {}}, UpstreamFailed, "500"),
        (500, {"error": [1]}, UpstreamFailed, "[1]"),
    ],
)
def test_a_refusal_becomes_an_error_of_ours(status: int, body: object, kind: type[TriforceError], words: str) -> None:
    error = refusal(status, body)
    assert type(error) is kind
    assert words in error.message


@given(st.integers(400, 599), chunks | json_values)
def test_any_refusal_becomes_an_error_of_ours(status: int, body: object) -> None:
    assert refusal(status, body).message


def test_an_error_inside_the_stream_is_raised() -> None:
    with pytest.raises(ContextExceeded):
        read({"error": {"type": "exceed_context_size_error", "message": "too long"}})
    with pytest.raises(UpstreamFailed, match="it broke"):
        read({"error": {"code": 500, "message": "it broke", "type": "server_error"}, "choices": []})


def test_our_errors_are_written_as_openais_clients_read_them() -> None:
    error = ModelNotFound("There is no model `x`.", "Did you mean y?", near=["y"])
    assert openai_chat.write_error(error, "018f") == {
        "error": {
            "message": "There is no model `x`. Did you mean y?",
            "type": "invalid_request_error",
            "param": "model",
            "code": "model_not_found",
            "request_id": "018f",
        }
    }
    written = cast(dict[str, Any], openai_chat.write_error(UpstreamFailed("It broke."), "018f"))["error"]
    assert (written["message"], written["type"], written["param"], written["code"]) == (
        "It broke.",
        "server_error",
        None,
        "upstream_failed",
    )
    bad = cast(dict[str, Any], openai_chat.write_error(InvalidRequest("No."), "018f"))["error"]
    assert (bad["type"], bad["param"]) == ("invalid_request_error", None)


def test_characters_are_counted_in_all_shapes_of_a_message() -> None:
    messages: list[Any] = [
        {"role": "system", "content": "abc"},
        {"role": "user", "content": [{"type": "text", "text": "de"}, {"type": "image_url", "image_url": {}}, "x", 7]},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "assistant"},
    ]
    assert openai_chat.prompt_characters({"messages": messages}) == 5
    assert openai_chat.prompt_characters({}) == 0


@given(st.lists(objects(role=st.just("user"), content=st.text() | st.lists(objects(text=st.text()))), max_size=3))
def test_characters_are_counted_whatever_a_message_holds(messages: list[dict[str, Any]]) -> None:
    assert openai_chat.prompt_characters({"messages": messages}) >= 0
