"""A stream passes through byte for byte, but for its end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.dialects.anthropic.stream_fixtures import EVENTS, stream
from triforce_daemon.dialects.anthropic.watch import Watch
from triforce_daemon.errors import ProviderUnavailable, UpstreamFailed

END = stream(EVENTS[-1:])


@given(st.lists(st.integers(0, len(stream())), max_size=12).map(sorted))
def test_it_passes_as_it_came(cuts: list[int]) -> None:
    text = stream()
    watch = Watch()
    passed = b"".join(watch.feed(text[a:b]) for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True))
    assert passed == text.removesuffix(END)
    assert watch.end == END
    assert watch.ended and watch.begun
    assert watch.usage == {"input_tokens": 500, "output_tokens": 89, "cached_tokens": 28}
    assert watch.pieces == sum(name == "content_block_delta" for name, _ in EVENTS)
    assert watch.error is None


@pytest.mark.parametrize(("events", "begun"), [(EVENTS[:3], False), (EVENTS[:4], True), (EVENTS[-5:-4], True)])
def test_when_a_person_sees_something(events: list[tuple[str, str]], begun: bool) -> None:
    watch = Watch()
    assert watch.feed(stream(events)) == stream(events)
    assert watch.begun == begun


def test_a_stream_that_breaks_off_has_no_end() -> None:
    watch = Watch()
    watch.feed(stream(EVENTS[:-1]))
    assert (watch.ended, watch.end) == (False, b"")


def test_an_error_is_kept_back() -> None:
    watch = Watch()
    error = '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'
    passed = watch.feed(stream([*EVENTS[:4], ("error", error), *EVENTS[4:]]))
    assert passed == stream(EVENTS[:4])
    assert isinstance(watch.error, ProviderUnavailable)
    assert watch.feed(stream()) == b""
    assert not watch.ended


def test_nothing_follows_the_end() -> None:
    watch = Watch()
    assert watch.feed(stream() + stream()) == stream().removesuffix(END)
    assert watch.feed(b"data: x\n\n") == b""


def test_what_the_model_writes_is_not_mistaken_for_an_event() -> None:
    text = r"{\"type\": \"message_stop\"} {\"type\":\"error\"}"
    piece = f'{{"type":"content_block_delta","index":0,"delta":{{"type":"text_delta","text":"{text}"}}}}'
    watch = Watch()
    assert watch.feed(stream([("content_block_delta", piece)])) == stream([("content_block_delta", piece)])
    assert not watch.ended and watch.error is None


@pytest.mark.parametrize("broken", ['{"type":"message_delta"', '["type","message_stop", {"type":"message_stop"}]'])
def test_what_cannot_be_read_passes(broken: str) -> None:
    watch = Watch()
    assert watch.feed(stream([("x", broken)])) == stream([("x", broken)])
    assert not watch.ended


def test_an_event_without_end_is_refused() -> None:
    watch = Watch()
    with pytest.raises(UpstreamFailed):
        for _ in range(1024):
            watch.feed(b"x" * 65536)
