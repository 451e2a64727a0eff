"""A request, byte by byte."""

import pytest

from triforce_daemon.outbound.request import write_connect, write_head
from triforce_daemon.outbound.target import Target, parse
from triforce_daemon.wire.constants import VERSION


def lines(head: bytes) -> list[str]:
    assert head.endswith(b"\r\n")
    return head.decode("latin-1").rstrip("\r\n").split("\r\n")


def written(method: str, url: str, headers: dict[str, str] | None = None, proxy: Target | None = None) -> list[str]:
    return lines(write_head(method, parse(url), tuple((headers or {}).items()), proxy))


def test_a_post() -> None:
    assert written("POST", "https://h/v1?a=b", {"Authorization": "Bearer k"}) == [
        "POST /v1?a=b HTTP/1.1",
        "Host: h",
        "Accept-Encoding: identity",
        "Authorization: Bearer k",
        f"User-Agent: triforce/{VERSION}",
    ]


def test_a_login_of_the_url_gives_way_to_a_key() -> None:
    url = "http://me:pw@h/"
    assert "Authorization: Basic bWU6cHc=" in written("GET", url)
    both = written("GET", url, {"authorization": "Bearer k", "user-agent": "x"})
    assert [line for line in both if "uth" in line] == ["authorization: Bearer k"]
    assert "user-agent: x" in both and len(both) == 5


def test_by_a_proxy() -> None:
    proxy = parse("http://me:pw@proxy:3128")
    by = written("GET", "http://h:81/x", proxy=proxy)
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
        written("GET", "http://h/", headers)
