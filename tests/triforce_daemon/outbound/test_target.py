"""URLs, taken apart."""

import pytest

from triforce_daemon.errors import UpstreamFailed
from triforce_daemon.outbound.target import parse


@pytest.mark.parametrize(
    ("url", "host", "port", "netloc", "path"),
    [
        ("https://api.groq.com/openai/v1", "api.groq.com", 443, "api.groq.com", "/openai/v1"),
        ("http://127.0.0.1:8080", "127.0.0.1", 8080, "127.0.0.1:8080", "/"),
        ("https://h:443/?q=1#there", "h", 443, "h", "/?q=1"),
        ("http://[::1]:9/x", "::1", 9, "[::1]:9", "/x"),
        (
            "http://BÜCHER.example/ü x?a=ö b",
            "xn--bcher-kva.example",
            80,
            "xn--bcher-kva.example",
            "/%C3%BC%20x?a=%C3%B6%20b",
        ),
        ("http://h/a%2Fb%20c?d=%25", "h", 80, "h", "/a%2Fb%20c?d=%25"),
    ],
)
def test_the_parts(url: str, host: str, port: int, netloc: str, path: str) -> None:
    target = parse(url)
    assert (target.host, target.port, target.netloc, target.path) == (host, port, netloc, path)
    assert target.secure == url.startswith("https")


def test_a_login_is_for_the_server_and_for_nobody_else() -> None:
    target = parse("http://me:p%40ss@host:81/x")
    assert target.login == "Basic bWU6cEBzcw=="
    assert (target.netloc, target.peer) == ("host:81", "the server host:81")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "ftp://h/",
        "http:///",
        "http://h:port/",
        "http://h:99999/",
        "http://[zz]/",
        "http://a b/",
        "http://h\\@evil/",
        "http://" + "ü" * 80 + "/",
        "http://h%00/",
    ],
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(UpstreamFailed, match="not an http or https address"):
        parse(url)


@pytest.mark.parametrize("url", ["http://h/a\r\nX: y", "http://h/?a\r\nX: y", "http://h\r\nX: y/"])
def test_nothing_of_it_begins_a_line_of_its_own(url: str) -> None:
    try:
        target = parse(url)
    except UpstreamFailed:
        return
    assert "\n" not in target.path + target.netloc
    assert "\r" not in target.path + target.netloc
