"""What whoever sends no request is told."""

import httptools
import orjson
import pytest

from triforce_daemon.errors import HeadTooLarge, RequestTimeout, TooManyConnections
from triforce_daemon.listeners.fault import fault_of, whole_answer


def test_an_answer_is_whole_and_the_last_one() -> None:
    head, _, body = whole_answer(RequestTimeout("Too slow.", "Be faster.")).partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 408 Request Timeout"
    assert b"content-length: %d" % len(body) in lines
    assert b"connection: close" in lines
    assert orjson.loads(body)["error"]["message"] == "Too slow."


def test_it_says_when_to_come_again() -> None:
    assert b"\r\nretry-after: 2\r\n" in whole_answer(TooManyConnections("Full.", "Try again.", retry_after_ms=2_000))
    assert b"retry-after" not in whole_answer(TooManyConnections("Full.", "Try again."))


def _raised(cause: Exception) -> httptools.HttpParserError:
    """As the parser hands on what a callback of it has raised."""

    class Taken:
        def on_url(self, url: bytes) -> None:
            raise cause

    with pytest.raises(httptools.HttpParserError) as raised:
        httptools.HttpRequestParser(Taken()).feed_data(b"GET / HTTP/1.1\r\n\r\n")
    return raised.value


def test_what_a_callback_has_refused_is_told_in_its_words(caplog: pytest.LogCaptureFixture) -> None:
    refused = HeadTooLarge("Too large.", "Send less.")
    assert fault_of(_raised(refused)) is refused
    assert fault_of(_raised(UnicodeDecodeError("ascii", b"\xe9", 0, 1, "no"))).code == "invalid_request"
    assert fault_of(httptools.HttpParserError("no HTTP")).code == "invalid_request"
    assert not caplog.records


def test_a_mistake_of_ours_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    assert fault_of(_raised(KeyError("oh"))).code == "invalid_request"
    assert [record.levelname for record in caplog.records] == ["ERROR"]
