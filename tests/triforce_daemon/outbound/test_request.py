"""A request, byte by byte."""

import pytest

from triforce_daemon.outbound.request import write_connect, write_head
from triforce_daemon.outbound.target import parse
from triforce_daemon.wire.constants import VERSION


def lines(head: bytes) -> list[str]:
    assert head.endswith(b"\r\n\r\n")
    return head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")


def test_a_post() -> None:
    head = write_head("POST", parse("https://h/v1?a=b"), {"Authorization": "Bearer k"}, 12)
    assert lines(head) == [
        "POST /v1?a=b HTTP/1.1",
        "Host: h",
        "Accept-Encoding: identity",
        "Authorization: Bearer k",
        f"User-Agent: triforce/{VERSION}",
        "Content-Length: 12",
    ]


def test_a_login_of_the_url_gives_way_to_a_key() -> None:
    goal = parse("http://me:pw@h/")
    assert "Authorization: Basic bWU6cHc=" in lines(write_head("GET", goal, None, None))
    both = lines(write_head("GET", goal, {"authorization": "Bearer k", "user-agent": "x"}, None))
    assert [line for line in both if "uth" in line] == ["authorization: Bearer k"]
    assert "user-agent: x" in both and len(both) == 5


def test_by_a_proxy() -> None:
    proxy = parse("http://me:pw@proxy:3128")
    by = lines(write_head("GET", parse("http://h:81/x"), None, None, proxy))
    assert by[:2] == ["GET http://h:81/x HTTP/1.1", "Host: h:81"]
    assert "Proxy-Authorization: Basic bWU6cHc=" in by
    assert lines(write_connect(parse("https://h/x"), proxy))[:2] == ["CONNECT h:443 HTTP/1.1", "Host: h:443"]
    assert lines(write_connect(parse("https://[::1]:44/x"), proxy))[0] == "CONNECT [::1]:44 HTTP/1.1"


@pytest.mark.parametrize(
    "headers",
    [{"a": "b\r\nc: d"}, {"a": "b\nc"}, {"a": "\0"}, {"a b": "c"}, {"a:": "c"}, {"": "c"}, {"a\n": "c"}, {"a": "→"}],
)
def test_what_would_smuggle(headers: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        write_head("GET", parse("http://h/"), headers, None)
