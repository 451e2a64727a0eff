"""Scripts as JSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scriptable_upstream.script import Call, Refusal, Script, Text, Thinking, Usage, say
from tests.scriptable_upstream.script_json import NoScript, read_script, write_script

PIECES = st.lists(st.text(), max_size=3).map(tuple)
PARTS = (
    st.builds(Text, PIECES)
    | st.builds(Refusal, PIECES)
    | st.builds(Thinking, PIECES, st.none() | st.text(), st.booleans())
    | st.builds(Call, st.text(), PIECES, st.none() | st.text(), st.none() | st.text(), st.booleans())
)
SCRIPTS = st.builds(
    Script,
    st.lists(PARTS, max_size=4).map(tuple),
    finish=st.none() | st.sampled_from(["stop", "length", "tool_calls", "refusal"]),
    stop_sequence=st.none() | st.text(),
    usage=st.none() | st.builds(Usage, *[st.integers(0, 10**6)] * 5),
    counts=st.booleans(),
    interleaved=st.booleans(),
    model=st.none() | st.text(),
)


@given(SCRIPTS)
def test_what_is_written_is_read_as_the_same(script: Script) -> None:
    assert read_script(write_script(script)) == script


def test_by_hand() -> None:
    assert read_script('{"parts": [{"text": ["Hello", " there"]}]}') == say("Hello", " there")
    called = read_script('{"parts": [{"call": "add", "deltas": "{}", "id": "c1"}], "finish": "stop"}')
    assert called == Script((Call("add", ("{}",), "c1"),), finish="stop")


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "null", '{"parts": 1}', '{"parts": [{"txt": []}]}', '{"parts": [{"text": [1]}]}'),
        *('{"parts": [], "usage": {"inputs": 1}}', '{"parts": [], "colour": 1}', '{"parts": [{"call": "x"}]}'),
    ],
)
def test_what_is_no_script_is_refused(text: str) -> None:
    with pytest.raises(NoScript):
        read_script(text)


@given(SCRIPTS)
def test_the_reason_follows_from_the_parts(script: Script) -> None:
    if script.finish is None:
        refused = any(isinstance(part, Refusal) for part in script.parts)
        assert script.reason == ("refusal" if refused else "tool_calls" if script.calls else "stop")
