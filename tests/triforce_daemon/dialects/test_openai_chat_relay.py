"""The relay: bytes pass untouched, but for the end, which waits, and for what the client did not ask for."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.dialects import sse
from triforce_daemon.dialects.openai_chat import Relay
from triforce_daemon.errors import ContextExceeded, UpstreamFailed
from triforce_daemon.wire.usage import Usage

USAGE = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
READ = Usage(input_tokens=3, output_tokens=4, estimated=False)
#: What a model may say to fool who looks for words instead of reading.
TRICKS = [
    '"usage"',
    "data: [DONE]",
    "[DONE]",
    '"error"',
    '{"usage":{"prompt_tokens":1}}',
    "\n\ndata: [DONE]\n\n",
    "data:",
]


def delta(text: str, **more: object) -> bytes:
    return sse.event(orjson.dumps({"choices": [{"index": 0, "delta": {"content": text}}], **more}))


OPENING = sse.event(orjson.dumps({"choices": [{"index": 0, "delta": {"role": "assistant", "content": None}}]}))
CLOSING = sse.event(orjson.dumps({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}))
TOTAL = sse.event(orjson.dumps({"choices": [], "usage": USAGE}))
DONE = b"data: [DONE]\n\n"

texts = st.lists(st.sampled_from(TRICKS) | st.text(max_size=6), max_size=4)


def spaced(one: bytes) -> bytes:
    """The same event as another provider writes it: spaces in the JSON, a comment before it, other line ends."""
    return b": comment\r\n" + one.replace(b'":', b'" : ').replace(b"\n", b"\r\n")


def relayed(stream: bytes, chunks: list[bytes], *, keep_usage: bool) -> tuple[Relay, bytes]:
    assert b"".join(chunks) == stream
    relay = Relay(keep_usage=keep_usage)
    return relay, b"".join(relay.feed(chunk) for chunk in chunks)


def all_splits(stream: bytes) -> list[list[bytes]]:
    letters = [stream[at : at + 1] for at in range(len(stream))]
    return [[stream], letters, *([stream[:at], stream[at:]] for at in range(1, len(stream)))]


@pytest.mark.parametrize("wrap", [bytes, spaced], ids=["plain", "spaced"])
@given(said=texts)
def test_what_is_said_passes_untouched_and_the_end_waits(wrap: type[bytes], said: list[str]) -> None:
    body = b"".join(wrap(one) for one in (OPENING, *(delta(text) for text in said), CLOSING))
    stream = body + wrap(TOTAL) + wrap(DONE)
    relay, passed = relayed(stream, [stream], keep_usage=False)
    assert passed == body
    assert (relay.usage, relay.ended, relay.error) == (READ, True, None)
    relay, passed = relayed(stream, [stream], keep_usage=True)
    assert passed == body + wrap(TOTAL)
    assert relay.end == DONE


@pytest.mark.parametrize("keep_usage", [False, True])
@pytest.mark.parametrize("wrap", [bytes, spaced], ids=["plain", "spaced"])
def test_where_the_network_splits_the_answer_makes_no_difference(wrap: type[bytes], keep_usage: bool) -> None:
    body = b"".join(wrap(one) for one in (OPENING, delta(TRICKS[0]), delta("é" + TRICKS[4]), CLOSING))
    stream = body + wrap(TOTAL) + wrap(DONE)
    expected = body + wrap(TOTAL) if keep_usage else body
    for chunks in all_splits(stream):
        relay, passed = relayed(stream, chunks, keep_usage=keep_usage)
        # Cut within the last \r\n, the line feed may go with the event after it, which is held back.
        assert passed in (expected, expected.removesuffix(b"\n") if wrap is spaced else expected)
        assert (relay.usage, relay.ended, relay.error) == (READ, True, None)


def test_the_end_is_never_passed_on_before_it_is_asked_for() -> None:
    relay = Relay(keep_usage=True)
    for chunk in (delta("a"), delta("b") + DONE, b": after\n\n", DONE):
        assert b"[DONE]" not in relay.feed(chunk)
    assert relay.ended
    assert relay.end == DONE


def test_an_answer_that_breaks_off_has_no_end() -> None:
    relay = Relay(keep_usage=True)
    relay.feed(delta("a") + b"data: [DONE]\n")
    assert not relay.ended


def test_usage_that_comes_with_text_is_read_and_passes() -> None:
    one = delta("a", usage=USAGE)
    relay = Relay(keep_usage=False)
    assert relay.feed(one) == one
    assert relay.usage == READ


def test_empty_usage_in_every_event_is_no_usage() -> None:
    one = delta("a", usage=None)
    relay = Relay(keep_usage=False)
    assert relay.feed(one) == one
    assert relay.usage is None


@pytest.mark.parametrize("trick", TRICKS)
def test_a_text_about_usage_is_no_usage(trick: str) -> None:
    one = delta(trick)
    relay = Relay(keep_usage=False)
    assert relay.feed(one) == one
    assert (relay.usage, relay.ended, relay.error, relay.events) == (None, False, None, 1)


def test_a_function_that_is_named_usage_is_no_usage() -> None:
    call = {"choices": [{"delta": {"tool_calls": [{"function": {"name": "usage", "arguments": ""}}]}}]}
    one = sse.event(orjson.dumps(call))
    relay = Relay(keep_usage=False)
    assert relay.feed(one) == one
    assert relay.usage is None


def test_an_error_inside_the_stream_is_held_back_and_told() -> None:
    body = {
        "error": {"code": 400, "type": "exceed_context_size_error", "n_prompt_tokens": 9, "n_ctx": 5, "message": ""}
    }
    stream = delta("a") + sse.event(orjson.dumps(body))
    for chunks in all_splits(stream):
        relay, passed = relayed(stream, chunks, keep_usage=False)
        assert passed == delta("a")
        assert isinstance(relay.error, ContextExceeded)
        assert not relay.ended


def test_an_empty_error_is_none() -> None:
    one = delta("a", error=None)
    relay = Relay(keep_usage=False)
    assert relay.feed(one) == one
    assert relay.error is None


def test_what_is_no_json_is_the_providers_failure() -> None:
    with pytest.raises(UpstreamFailed):
        Relay(keep_usage=False).feed(b'data: {"usage" oops\n\n')


def test_pieces_of_the_answer_are_counted() -> None:
    """For an estimate where the provider sends no usage."""
    relay = Relay(keep_usage=False)
    relay.feed(b": hello\n\n" + b"".join(delta(trick) for trick in TRICKS) + delta('say "delta"') + TOTAL + DONE)
    assert relay.events == len(TRICKS) + 1


def test_nothing_is_passed_on_while_an_event_is_not_whole() -> None:
    relay = Relay(keep_usage=False)
    assert relay.feed(delta("a")[:-1]) == b""
    assert relay.events == 0
    assert relay.feed(b"\n" + b": ping") == delta("a")
