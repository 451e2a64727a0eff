"""The head of an answer, byte by byte."""

import pytest

from triforce_daemon.listeners.answer_head import write_head


@pytest.mark.parametrize(("status", "line"), [(200, b"200 OK"), (404, b"404 Not Found"), (529, b"529 ")], ids=str)
def test_a_status_has_its_phrase_where_there_is_one(status: int, line: bytes) -> None:
    assert write_head(status, [], []) == b"HTTP/1.1 %b\r\n\r\n" % line


def test_headers_keep_their_order_and_come_before_the_framing() -> None:
    head = write_head(200, [(b"x-a", b"1"), (b"x-b", b"\xe9\t2"), (b"x-a", b"")], [b"connection: close\r\n"])
    assert head == b"HTTP/1.1 200 OK\r\nx-a: 1\r\nx-b: \xe9\t2\r\nx-a: \r\nconnection: close\r\n\r\n"


@pytest.mark.parametrize("name", [b"", b"x\r\n", b"x y", b"x:", b"\xe9", b"x\x00"])
def test_what_is_no_name_is_not_sent(name: bytes) -> None:
    # The second time it could be one of the lines that are remembered.
    for _ in range(2):
        with pytest.raises(RuntimeError):
            write_head(200, [(name, b"1")], [])


@pytest.mark.parametrize("value", [b"1\r\nset-cookie: a=b", b"1\n", b"\x00", b"\x7f"])
def test_what_would_be_two_headers_is_not_sent(value: bytes) -> None:
    for _ in range(2):
        with pytest.raises(RuntimeError):
            write_head(200, [(b"x", value)], [])
