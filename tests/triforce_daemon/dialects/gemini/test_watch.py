"""A stream passes through byte for byte, but for its end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.dialects.gemini.stream_fixtures import CHUNKS, TAIL, stream
from triforce_daemon.dialects.gemini.watch import Watch
from triforce_daemon.errors import ProviderUnavailable, UpstreamFailed

END = stream(CHUNKS[-1:])
USED = {"input_tokens": 96, "output_tokens": 95, "reasoning_tokens": 64}


@given(st.lists(st.integers(0, len(stream())), max_size=12).map(sorted))
def test_it_passes_as_it_came(cuts: list[int]) -> None:
    text = stream()
    watch = Watch()
    passed = b"".join(watch.feed(text[a:b]) for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True))
    assert passed == text.removesuffix(END)
    assert watch.end == END
    assert watch.ended and watch.begun
    assert watch.usage == watch.usage == USED
    assert watch.pieces == len(CHUNKS)
    assert watch.error is None


EMPTY = '{"candidates": [{"content": {"parts": [{"text": ""}]}}]}'


@pytest.mark.parametrize(
    ("chunk", "begun"),
    [
        (EMPTY, False),
        (CHUNKS[0], True),
        ('{"candidates": [{"content": {"parts": [{"functionCall": {"name": "f"}}]}}]}', True),
    ],
)
def test_when_a_person_sees_something(chunk: str, begun: bool) -> None:
    watch = Watch()
    assert watch.feed(stream([chunk])) == stream([chunk])
    assert watch.begun == begun


def test_a_stream_that_breaks_off_has_no_end_but_tells_what_was_used() -> None:
    watch = Watch()
    watch.feed(stream([*CHUNKS[:3], EMPTY]))
    assert (watch.ended, watch.end) == (False, b"")
    assert watch.usage == {"input_tokens": 96, "output_tokens": 66, "reasoning_tokens": 64}
    assert Watch().usage is None


def test_where_every_chunk_says_why_only_the_last_one_waits() -> None:
    chunk = '{"candidates": [{"content": {"parts": [{"text": "a"}]}, "finishReason": "STOP"}]}'
    watch = Watch()
    one = stream([chunk])
    assert [watch.feed(one) for _ in range(3)] == [b"", one, one]
    assert watch.feed(stream([EMPTY])) == one
    assert (watch.ended, watch.end) == (True, stream([EMPTY]))


def test_a_prompt_that_was_blocked_has_an_end() -> None:
    blocked = stream(['{"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 4}}'])
    watch = Watch()
    assert watch.feed(blocked) == b""
    assert (watch.ended, watch.end) == (True, blocked)
    assert watch.usage == {"input_tokens": 4, "output_tokens": 0}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_an_error_is_kept_back(line_end: str) -> None:
    error = '{"error": {"code": 503, "message": "High demand.", "status": "UNAVAILABLE"}}'
    watch = Watch()
    passed = watch.feed(stream([*CHUNKS[:2], error, *CHUNKS[2:]], line_end))
    assert passed == stream(CHUNKS[:2], line_end)
    assert isinstance(watch.error, ProviderUnavailable)
    assert watch.feed(stream()) == b""
    assert not watch.ended


@given(st.integers(0, len(stream(CHUNKS[:2]) + TAIL)))
def test_the_provider_tells_in_plain_json_why_it_broke_off(cut: int) -> None:
    whole = stream(CHUNKS[:2]) + TAIL
    watch = Watch()
    assert watch.feed(whole[:cut]) + watch.feed(whole[cut:]) == stream(CHUNKS[:2])
    assert isinstance(watch.error, ProviderUnavailable)
    assert "High demand." in watch.error.message


def test_plain_json_that_ends_in_a_blank_line_is_kept_back_as_well() -> None:
    watch = Watch()
    assert watch.feed(stream(CHUNKS[:2]) + TAIL.replace(b"\n  ", b" ") + b"\n") == stream(CHUNKS[:2])
    assert isinstance(watch.error, ProviderUnavailable)


def test_what_the_model_writes_is_not_mistaken_for_an_event() -> None:
    text = r"{\"error\": {\"code\": 503}} \"finishReason\": \"STOP\""
    chunk = f'{{"candidates": [{{"content": {{"parts": [{{"text": "{text}"}}]}}}}]}}'
    watch = Watch()
    assert watch.feed(stream([chunk])) == stream([chunk])
    assert not watch.ended and watch.error is None


def test_arguments_may_be_called_as_the_end_is() -> None:
    called = '{"functionCall": {"name": "f", "args": {"finishReason": 1, "error": {}}}}'
    call = f'{{"candidates": [{{"content": {{"parts": [{called}]}}}}]}}'
    watch = Watch()
    assert watch.feed(stream([call])) == stream([call])
    assert not watch.ended and watch.error is None


@pytest.mark.parametrize("broken", ['{"finishReason": ', '[{"finishReason": 1}]'])
def test_what_cannot_be_read_passes(broken: str) -> None:
    watch = Watch()
    assert watch.feed(stream([broken])) == stream([broken])
    assert not watch.ended


def test_an_event_without_end_is_refused() -> None:
    watch = Watch()
    with pytest.raises(UpstreamFailed):
        for _ in range(1024):
            watch.feed(b"x" * 65536)
