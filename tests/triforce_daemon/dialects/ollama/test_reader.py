"""An upstream's stream, however it is cut."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.dialects.canonical_values import JSON, whole
from tests.triforce_daemon.dialects.splitting import cut, read, ways_to_cut
from triforce_daemon.dialects.ollama.reader import Reader
from triforce_daemon.errors import UpstreamFailed


def line(done: bool = False, **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": more.pop("content", "")}
    for name in ("thinking", "tool_calls"):
        if name in more:
            message[name] = more.pop(name)
    return {"model": "m", "created_at": "2023-11-14T22:13:20.25Z", "message": message, "done": done, **more}


def stream(*lines: dict[str, Any]) -> bytes:
    return b"".join(orjson.dumps(line) + b"\n" for line in lines)


def call(name: str, arguments: Any, **more: Any) -> dict[str, Any]:
    return {"function": {"name": name, "arguments": arguments}, **more}


#: As the documentation has it.
GOLDEN = stream(
    line(thinking="hm"),
    line(content="Gr\u00fc\u00df"),
    line(content="e \U0001f600"),
    line(tool_calls=[call("f", {"a": "\u00e9"}, id="call_a"), call("f", {})]),
    line(tool_calls=[call("g", {"b": [1, 2.5, None]})]),
    line(True, done_reason="stop", total_duration=182242375, prompt_eval_count=9, eval_count=5),
)
MEANT: list[Any] = [
    {"type": "started", "id": "ollama-20231114T22132025Z", "model": "m"},
    {"type": "thinking", "index": 0, "text": "hm"},
    {"type": "text", "index": 1, "text": "Gr\u00fc\u00df"},
    {"type": "text", "index": 1, "text": "e \U0001f600"},
    {"type": "tool_call", "index": 2, "id": "call_a", "name": "f"},
    {"type": "arguments", "index": 2, "text": '{"a":"\u00e9"}'},
    {"type": "tool_call", "index": 3, "id": "call_1_20231114T22132025Z", "name": "f"},
    {"type": "arguments", "index": 3, "text": "{}"},
    {"type": "tool_call", "index": 4, "id": "call_2_20231114T22132025Z", "name": "g"},
    {"type": "arguments", "index": 4, "text": '{"b":[1,2.5,null]}'},
    {"type": "finished", "reason": "tool_calls"},
    {"type": "usage", "usage": {"input_tokens": 9, "output_tokens": 5}},
]


def test_a_stream_says_the_same_wherever_it_is_cut() -> None:
    for chunks in ways_to_cut(GOLDEN):
        reader = Reader()
        assert read(reader, chunks) == MEANT
        assert (reader.complete, reader.malformed) == (True, 0)


@given(st.lists(st.integers(0, len(GOLDEN)), max_size=12))
def test_and_in_however_many_pieces_and_with_either_line_break(places: list[int]) -> None:
    assert read(Reader(), cut(GOLDEN, places)) == MEANT
    assert read(Reader(), cut(GOLDEN.replace(b"\n", b"\r\n"), places)) == MEANT


def test_the_last_line_break_may_be_missing() -> None:
    for end in (b"", b"\r"):
        reader = Reader()
        assert read(reader, [GOLDEN[:-1] + end]) == MEANT
        assert reader.complete


@pytest.mark.parametrize("length", [0, 40, len(GOLDEN) // 2, GOLDEN.rindex(b"\n", 0, -1) + 1])
def test_a_stream_without_its_end_is_not_complete(length: int) -> None:
    reader = Reader()
    read(reader, [GOLDEN[:length]])
    assert not reader.complete


def test_a_malformed_line_is_skipped_and_counted() -> None:
    broken = stream(line(content="a")) + b'{"message": \n7\n\n' + stream(line(content="b"), line(True))
    reader = Reader()
    assert whole(read(reader, [broken]))["parts"] == [{"type": "text", "text": "ab"}]
    assert (reader.malformed, reader.complete) == (2, True)


def test_text_after_a_call_is_another_part() -> None:
    found = read(Reader(), [stream(line(content="a"), line(tool_calls=[call("f", {})]), line(content="b"), line(True))])
    assert [part["type"] for part in whole(found)["parts"]] == ["text", "tool_call", "text"]


def test_an_answer_that_is_cut_short_says_so() -> None:
    assert read(Reader(), [stream(line(True, done_reason="length"))])[-1] == {"type": "finished", "reason": "length"}


def test_an_error_inside_the_stream_ends_it() -> None:
    reader = Reader()
    found = read(reader, [stream(line(content="a"), {"error": "it broke"}, line(True))])
    assert [event["type"] for event in found] == ["started", "text", "failed"]
    assert (found[-1]["code"], "it broke" in found[-1]["message"], reader.complete) == ("upstream_failed", True, False)


def test_a_line_without_end_is_refused() -> None:
    reader = Reader()
    with pytest.raises(UpstreamFailed):
        for _ in range(1024):
            reader.feed(b"x" * 65_536)


@given(
    st.lists(
        JSON
        | st.fixed_dictionaries(
            {
                "message": st.fixed_dictionaries({"content": JSON, "tool_calls": JSON | st.lists(JSON, max_size=2)}),
                "done": JSON,
                "done_reason": JSON,
                "created_at": JSON,
            }
        ),
        max_size=4,
    )
)
def test_any_json_is_no_trouble(lines: list[Any]) -> None:
    read(Reader(), [orjson.dumps(line) + b"\n" for line in lines])
