"""An upstream's stream, however it is cut."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.dialects.canonical_values import JSON, whole
from tests.triforce_daemon.dialects.splitting import cut, read, ways_to_cut
from triforce_daemon.dialects.openai_chat.reader import Reader
from triforce_daemon.errors import UpstreamFailed


def chunk(delta: dict[str, Any], reason: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [choice],
        **more,
    }


def call(index: int | None, id: str | None, name: str | None, arguments: str | None) -> dict[str, Any]:
    piece: dict[str, Any] = {} if index is None else {"index": index}
    if id is not None:
        piece |= {"id": id, "type": "function"}
    return {"tool_calls": [{**piece, "function": {"name": name, "arguments": arguments}}]}


def stream(*chunks: dict[str, Any], done: bool = True) -> bytes:
    lines = [b"data: " + orjson.dumps(chunk) + b"\n\n" for chunk in chunks]
    return b"".join([*lines, b"data: [DONE]\n\n" if done else b""])


def events(*chunks: dict[str, Any]) -> list[Any]:
    return read(Reader(), [stream(*chunks)])


USAGE = {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}
#: As the documentation has it, with a comment, an id that only the first delta of a call has, and CRLF here and there.
GOLDEN = (
    b": OPENROUTER PROCESSING\n\n"
    + stream(
        chunk({"role": "assistant", "content": "", "refusal": None}),
        chunk({"reasoning_content": "hm"}),
        chunk({"content": "Gr\u00fc\u00df"}),
        chunk({"content": "e \U0001f600"}),
        done=False,
    )
    + stream(
        chunk(call(0, "call_1", "f", "")),
        chunk(call(0, None, None, '{"a"')),
        chunk(call(0, None, None, ': "\u00e9"}')),
        chunk(call(1, "call_2", "g", "{}")),
        chunk({}, "tool_calls"),
        {"id": "chatcmpl-1", "model": "m", "choices": [], "usage": USAGE},
    ).replace(b"\n\n", b"\r\n\r\n")
)
MEANT: list[Any] = [
    {"type": "started", "id": "chatcmpl-1", "model": "m"},
    {"type": "thinking", "index": 0, "text": "hm"},
    {"type": "text", "index": 1, "text": "Gr\u00fc\u00df"},
    {"type": "text", "index": 1, "text": "e \U0001f600"},
    {"type": "tool_call", "index": 2, "id": "call_1", "name": "f"},
    {"type": "arguments", "index": 2, "text": '{"a"'},
    {"type": "arguments", "index": 2, "text": ': "\u00e9"}'},
    {"type": "tool_call", "index": 3, "id": "call_2", "name": "g"},
    {"type": "arguments", "index": 3, "text": "{}"},
    {"type": "finished", "reason": "tool_calls"},
    {"type": "usage", "usage": {"input_tokens": 9, "output_tokens": 5}},
]


def test_a_stream_says_the_same_wherever_it_is_cut() -> None:
    for chunks in ways_to_cut(GOLDEN):
        reader = Reader()
        assert read(reader, chunks) == MEANT
        assert (reader.complete, reader.malformed) == (True, 0)


@given(st.lists(st.integers(0, len(GOLDEN)), max_size=12))
def test_and_in_however_many_pieces(places: list[int]) -> None:
    assert read(Reader(), cut(GOLDEN, places)) == MEANT


@pytest.mark.parametrize("length", [0, 40, len(GOLDEN) // 2, GOLDEN.index(b'"finish_reason":"')])
def test_a_stream_without_its_end_is_not_complete(length: int) -> None:
    reader = Reader()
    read(reader, [GOLDEN[:length]])
    assert not reader.complete


def test_a_reason_and_an_end_in_good_order_are_enough() -> None:
    """As Cerebras ends its streams."""
    reader = Reader()
    assert read(reader, [stream(chunk({"content": "a"}), chunk({}, "stop"), done=False)])[-1]["reason"] == "stop"
    assert reader.complete


def test_the_last_line_break_may_be_missing() -> None:
    reader = Reader()
    assert read(reader, [GOLDEN[:-4]]) == MEANT
    assert reader.complete


def test_a_malformed_line_is_skipped_and_counted() -> None:
    broken = stream(chunk({"content": "a"}), done=False) + b'data: {"choices": [\n\ndata: 7\n\n'
    reader = Reader()
    found = read(reader, [broken + stream(chunk({"content": "b"}, "stop"))])
    assert whole(found)["parts"] == [{"type": "text", "text": "ab"}]
    assert (reader.malformed, reader.complete) == (2, True)


def test_mixed_arguments_are_put_in_order() -> None:
    found = events(
        chunk(call(0, "a", "f", "")),
        chunk(call(1, "b", "g", "")),
        chunk(call(1, None, None, '{"y":')),
        chunk(call(0, None, None, '{"x":')),
        chunk(call(1, None, None, "2}")),
        chunk(call(0, None, None, "1}")),
        chunk({}, "tool_calls"),
    )
    assert [(part["id"], part["arguments"]) for part in whole(found)["parts"]] == [("a", {"x": 1}), ("b", {"y": 2})]


@pytest.mark.parametrize("done", [True, False])
def test_calls_that_still_wait_are_told_at_the_end(done: bool) -> None:
    mixed = stream(chunk(call(0, "a", "f", '{"x"')), chunk(call(1, "b", "g", "")), done=done)
    assert [event.get("id") for event in read(Reader(), [mixed])] == ["chatcmpl-1", "a", None, "b"]


def test_calls_that_share_an_index_are_told_apart_by_their_ids() -> None:
    found = events(chunk(call(0, "a", "f", "{}")), chunk(call(0, "b", "f", "{}")), chunk({}, "stop"))
    assert [part["id"] for part in whole(found)["parts"]] == ["a", "b"]
    assert whole(found)["reason"] == "tool_calls"


def test_calls_without_index_or_id_are_told_by_their_place() -> None:
    piece = {"function": {"name": "f", "arguments": "{}"}}
    found = events(chunk({"tool_calls": [piece, piece]}, "tool_calls"))
    assert [part["id"] for part in whole(found)["parts"]] == ["call_0_chatcmpl-1", "call_1_chatcmpl-1"]


def test_a_name_may_come_late() -> None:
    found = events(chunk(call(0, "a", None, "{")), chunk(call(0, None, "f", "}")), chunk({}, "tool_calls"))
    assert whole(found)["parts"] == [{"type": "tool_call", "id": "a", "name": "f", "arguments": {}}]


def test_what_comes_for_a_call_after_text_is_counted() -> None:
    reader = Reader()
    late = stream(chunk(call(0, "a", "f", "{}")), chunk({"content": "x"}), chunk(call(0, None, None, "!")))
    assert [part["type"] for part in whole(read(reader, [late]))["parts"]] == ["tool_call", "text"]
    assert reader.malformed == 1


VARIANTS: list[tuple[dict[str, Any], list[Any]]] = [
    ({"reasoning": "hm"}, [{"type": "thinking", "text": "hm"}]),
    ({"refusal": "no"}, [{"type": "refusal", "text": "no"}]),
    ({"content": [{"type": "text", "text": "a"}]}, [{"type": "text", "text": "a"}]),
    (
        {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]},
        [{"type": "thinking", "text": "hm"}],
    ),
    (
        {"function_call": {"name": "f", "arguments": "{}"}},
        [{"type": "tool_call", "id": "call_0_chatcmpl-1", "name": "f", "arguments": {}}],
    ),
    ({"content": None, "tool_calls": None}, []),
    ({"content": [{"type": "thinking", "thinking": []}, {"type": "reference", "reference_ids": [1]}]}, []),
]


@pytest.mark.parametrize(("delta", "parts"), VARIANTS)
def test_what_upstreams_have_made_of_it(delta: dict[str, Any], parts: list[Any]) -> None:
    assert whole(events(chunk(delta)))["parts"] == parts


def test_a_refusal_is_how_it_ended() -> None:
    assert whole(events(chunk({"refusal": "no"}), chunk({}, "stop")))["reason"] == "refusal"


def test_usage_may_come_with_the_last_piece() -> None:
    assert whole(events(chunk({"content": "a"}, "stop", usage=USAGE)))["usage"]["input_tokens"] == 9


@pytest.mark.parametrize(
    "error",
    [
        {"error": {"message": "slow down", "code": 429}},
        {"error": {"message": "slow down", "code": 429}, **chunk({"content": ""}, "error")},
    ],
)
def test_an_error_inside_the_stream_ends_it(error: dict[str, Any]) -> None:
    reader = Reader()
    found = read(reader, [stream(chunk({"content": "a"}), error, chunk({"content": "b"}))])
    assert found[-1]["type"] == "failed"
    assert (found[-1]["code"], "slow down" in found[-1]["message"]) == ("rate_limited", True)
    assert not reader.complete


def test_nothing_follows_the_end() -> None:
    reader = Reader()
    assert reader.feed(stream(chunk({"content": "a"})))
    assert reader.feed(stream(chunk({"content": "b"}))) == reader.end() == []


def test_a_line_without_end_is_refused() -> None:
    reader = Reader()
    with pytest.raises(UpstreamFailed):
        for _ in range(1024):
            reader.feed(b"data: " + b"x" * 65_536)


@given(
    st.lists(JSON | st.fixed_dictionaries({"choices": st.lists(st.fixed_dictionaries({"delta": JSON}))}), max_size=4)
)
def test_any_json_is_no_trouble(values: list[Any]) -> None:
    read(Reader(), [b"data: " + orjson.dumps(value) + b"\n\n" for value in values])
