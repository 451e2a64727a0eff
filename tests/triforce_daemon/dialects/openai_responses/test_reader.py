"""An upstream's stream, however it is cut."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.dialects.canonical_values import JSON, whole
from tests.triforce_daemon.dialects.splitting import cut, read, ways_to_cut
from triforce_daemon.dialects.openai_responses.reader import Reader
from triforce_daemon.errors import UpstreamFailed


def stream(*events: dict[str, Any]) -> bytes:
    return b"".join(
        b"event: " + event["type"].encode() + b"\ndata: " + orjson.dumps({**event, "sequence_number": number}) + b"\n\n"
        for number, event in enumerate(events)
    )


def added(place: int, item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "response.output_item.added", "output_index": place, "item": item}


def done(place: int, item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "response.output_item.done", "output_index": place, "item": item}


def delta(kind: str, place: int, text: str, **more: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}.delta", "item_id": "x", "output_index": place, "delta": text, **more}


def call(place: int, arguments: str = "", **more: Any) -> dict[str, Any]:
    names = {"id": f"fc_{place}", "call_id": f"call_{place}", "name": f"f{place}"}
    return {"type": "function_call", **names, "arguments": arguments, **more}


def ended(kind: str = "completed", **more: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}", "response": {"id": "resp_1", "model": "m", "status": kind, **more}}


USAGE = {"input_tokens": 9, "output_tokens": 5, "total_tokens": 14}
CREATED = {"type": "response.created", "response": {"id": "resp_1", "model": "m", "status": "in_progress"}}
REASONING = {"id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": "hm\n\nso"}]}
MESSAGE = {"id": "msg_1", "type": "message", "content": [{"type": "output_text", "text": "Grüße 😀"}]}

#: As the documentation has it.
GOLDEN = stream(
    CREATED,
    {**CREATED, "type": "response.in_progress"},
    added(0, {"id": "rs_1", "type": "reasoning", "summary": []}),
    {"type": "response.reasoning_summary_part.added", "output_index": 0, "summary_index": 0},
    delta("reasoning_summary_text", 0, "hm", summary_index=0),
    delta("reasoning_summary_text", 0, "so", summary_index=1),
    done(0, {**REASONING, "encrypted_content": "gAAAAB"}),
    added(1, {"id": "msg_1", "type": "message", "content": []}),
    delta("output_text", 1, "Gr\u00fc\u00df", content_index=0, logprobs=[]),
    delta("output_text", 1, "e \U0001f600", content_index=0, logprobs=[]),
    {"type": "response.output_text.done", "output_index": 1, "content_index": 0, "text": "Grüße 😀"},
    done(1, MESSAGE),
    added(2, call(2)),
    delta("function_call_arguments", 2, '{"a"'),
    delta("function_call_arguments", 2, ': "\u00e9"}'),
    {"type": "response.function_call_arguments.done", "output_index": 2, "arguments": '{"a": "é"}'},
    done(2, call(2, '{"a": "é"}')),
    added(3, call(3)),
    {"type": "response.function_call_arguments.done", "output_index": 3, "arguments": "{}"},
    done(3, call(3, "{}")),
    added(4, {"type": "custom_tool_call", "call_id": "call_4", "name": "patch", "input": ""}),
    delta("custom_tool_call_input", 4, "a\nb"),
    done(4, {"type": "custom_tool_call", "call_id": "call_4", "name": "patch", "input": "a\nb"}),
    ended(usage=USAGE),
)
MEANT: list[Any] = [
    {"type": "started", "id": "resp_1", "model": "m"},
    {"type": "thinking", "index": 0, "text": "hm"},
    {"type": "thinking", "index": 0, "text": "\n\n"},
    {"type": "thinking", "index": 0, "text": "so"},
    {"type": "signature", "index": 0, "signature": "gAAAAB", "origin": "openai_responses", "id": "rs_1"},
    {"type": "text", "index": 1, "text": "Gr\u00fc\u00df"},
    {"type": "text", "index": 1, "text": "e \U0001f600"},
    {"type": "tool_call", "index": 2, "id": "call_2", "name": "f2"},
    {"type": "arguments", "index": 2, "text": '{"a"'},
    {"type": "arguments", "index": 2, "text": ': "\u00e9"}'},
    {"type": "tool_call", "index": 3, "id": "call_3", "name": "f3"},
    {"type": "arguments", "index": 3, "text": "{}"},
    {"type": "tool_call", "index": 4, "id": "call_4", "name": "patch"},
    {"type": "arguments", "index": 4, "text": '{"input":"a\\nb"}'},
    {"type": "finished", "reason": "tool_calls"},
    {"type": "usage", "usage": {"input_tokens": 9, "output_tokens": 5}},
]


def events(*sent: dict[str, Any]) -> list[Any]:
    return read(Reader(), [stream(*sent)])


def test_a_stream_says_the_same_wherever_it_is_cut() -> None:
    for chunks in ways_to_cut(GOLDEN):
        reader = Reader()
        assert read(reader, chunks) == MEANT
        assert (reader.complete, reader.malformed) == (True, 0)


@given(st.lists(st.integers(0, len(GOLDEN)), max_size=12))
def test_and_in_however_many_pieces_and_with_either_line_break(places: list[int]) -> None:
    assert read(Reader(), cut(GOLDEN, places)) == MEANT
    assert read(Reader(), cut(GOLDEN.replace(b"\n", b"\r\n"), places)) == MEANT


@pytest.mark.parametrize("length", [0, 40, len(GOLDEN) // 2, GOLDEN.rindex(b"event:")])
def test_a_stream_without_its_end_is_not_complete(length: int) -> None:
    reader = Reader()
    read(reader, [GOLDEN[:length]])
    assert not reader.complete


def test_a_malformed_line_is_skipped_and_counted() -> None:
    broken = stream(CREATED, delta("output_text", 0, "a")) + b'data: {"type": \n\ndata: 7\n\n'
    reader = Reader()
    found = read(reader, [broken + stream(delta("output_text", 0, "b"), ended())])
    assert whole(found)["parts"] == [{"type": "text", "text": "ab"}]
    assert (reader.malformed, reader.complete) == (2, True)


def test_items_may_come_only_whole() -> None:
    """As servers do that have no pieces to give."""
    found = events(CREATED, done(0, REASONING), done(1, MESSAGE), done(2, call(2, "{}")), ended())
    assert [part["type"] for part in whole(found)["parts"]] == ["thinking", "text", "tool_call"]


def test_or_only_with_the_end() -> None:
    output = [REASONING, MESSAGE, {**MESSAGE, "content": [{"type": "refusal", "refusal": "no"}]}, call(3, "{}"), 7]
    found = whole(events(CREATED, ended(output=output)))
    assert [part["type"] for part in found["parts"]] == ["thinking", "text", "refusal", "tool_call"]
    assert found["reason"] == "tool_calls"


def test_what_came_in_pieces_does_not_come_again() -> None:
    found = events(CREATED, delta("output_text", 0, "Grüße 😀"), done(0, MESSAGE), ended(output=[MESSAGE]))
    assert whole(found)["parts"] == [{"type": "text", "text": "Grüße 😀"}]


def test_mixed_arguments_are_put_in_order() -> None:
    kind = "function_call_arguments"
    found = events(
        CREATED,
        added(0, call(0)),
        added(1, call(1)),
        delta(kind, 1, '{"y":'),
        delta(kind, 0, '{"x":'),
        delta(kind, 1, "2}"),
        delta(kind, 0, "1}"),
        ended(),
    )
    assert [part["arguments"] for part in whole(found)["parts"]] == [{"x": 1}, {"y": 2}]


def test_refusals_and_open_reasoning_are_read() -> None:
    found = whole(events(CREATED, delta("reasoning_text", 0, "hm"), delta("refusal", 1, "no"), ended()))
    assert [part["type"] for part in found["parts"]] == ["thinking", "refusal"]
    assert found["reason"] == "refusal"
    once = {"type": "response.refusal.done", "output_index": 0, "refusal": "no"}
    assert whole(events(CREATED, once, ended()))["parts"] == [{"type": "refusal", "text": "no"}]


def test_reasoning_may_be_encrypted_only() -> None:
    hidden: dict[str, Any] = {"id": "rs_1", "type": "reasoning", "summary": [], "encrypted_content": "gAAAAB"}
    found = events(CREATED, done(0, hidden), ended())
    assert found[1] == {
        "type": "signature",
        "index": 0,
        "signature": "gAAAAB",
        "origin": "openai_responses",
        "redacted": True,
        "id": "rs_1",
    }


def test_an_answer_that_is_cut_short_says_why() -> None:
    found = events(CREATED, ended("incomplete", incomplete_details={"reason": "max_output_tokens"}))
    assert found[-1] == {"type": "finished", "reason": "length"}


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (ended("failed", error={"code": "rate_limit_exceeded", "message": "slow"}), "rate_limited"),
        ({"type": "error", "code": "server_error", "message": "slow"}, "upstream_failed"),
        ({"type": "error", "error": {"code": "context_length_exceeded", "message": "slow"}}, "context_length_exceeded"),
    ],
)
def test_an_error_inside_the_stream_ends_it(event: dict[str, Any], code: str) -> None:
    reader = Reader()
    found = read(reader, [stream(CREATED, added(0, call(0)), event, ended())])
    assert [one["type"] for one in found] == ["started", "tool_call", "failed"]
    assert (found[-1]["code"], "slow" in found[-1]["message"], reader.complete) == (code, True, False)


def test_an_item_may_come_before_the_beginning() -> None:
    assert [event["type"] for event in events(added(0, call(0)))] == ["started", "tool_call"]
    assert [event["type"] for event in events(delta("output_text", 0, "a"))] == ["started", "text"]


def test_pieces_of_a_call_that_never_began_are_skipped() -> None:
    kind = "function_call_arguments"
    late = {"type": f"response.{kind}.done", "output_index": 0, "arguments": "{}"}
    assert events(CREATED, delta(kind, 0, "{}"), late) == MEANT[:1]


def test_a_line_without_end_is_refused() -> None:
    reader = Reader()
    with pytest.raises(UpstreamFailed):
        for _ in range(1024):
            reader.feed(b"data: " + b"x" * 65_536)


KINDS = (
    "response.created",
    "response.output_text.delta",
    "response.output_text.done",
    "response.refusal.done",
    "response.reasoning_summary_text.delta",
    "response.output_item.added",
    "response.output_item.done",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.completed",
    "response.failed",
    "error",
)
ITEMS = JSON | st.fixed_dictionaries(
    {
        "type": st.sampled_from(["message", "reasoning", "function_call", "custom_tool_call"]),
        "content": JSON | st.lists(st.fixed_dictionaries({"type": JSON, "text": JSON, "refusal": JSON}), max_size=2),
        "summary": JSON,
        "encrypted_content": JSON,
        "call_id": JSON,
        "name": JSON,
        "arguments": JSON,
    }
)
SENT = st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS), "delta": JSON, "text": JSON, "item": ITEMS, "response": JSON, "output_index": JSON}
)


@given(st.lists(SENT, max_size=4))
def test_any_json_is_no_trouble(sent: list[Any]) -> None:
    read(Reader(), [stream(*sent), b"data: 1\n\n"])
