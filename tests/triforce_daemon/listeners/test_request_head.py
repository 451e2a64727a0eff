"""Heads that are taken, and heads that are not."""

import pytest

from triforce_daemon.errors import HeadTooLarge, InvalidRequest
from triforce_daemon.listeners.limits import Limits
from triforce_daemon.listeners.request_head import check_head

HOST = (b"host", b"tri.example:9100")


@pytest.mark.parametrize(
    "host",
    [b"a", b"127.0.0.1:9100", b"[::1]:9100", b"[2001:db8::1]", b"a-b.example", b"tri.example.", b"UPPER", b"x_y"],
)
def test_names_are_taken(host: bytes) -> None:
    check_head(b"/v1/models?x=http://y/", [(b"host", host)], "1.1", Limits())


@pytest.mark.parametrize(
    "host", [b"", b"a/?x", b"a b", b"a@b", b"a#b", b"a,b", b"[::1", b"::1", b"a:b", b"a:123456", b"a\\b", "ü".encode()]
)
def test_what_is_no_name_is_not(host: bytes) -> None:
    with pytest.raises(InvalidRequest, match="no name"):
        check_head(b"/", [(b"host", host)], "1.1", Limits())


def test_there_is_one_host() -> None:
    for headers in ([], [HOST, HOST]):
        with pytest.raises(InvalidRequest, match="headers Host"):
            check_head(b"/", headers, "1.1", Limits())
    check_head(b"/", [], "1.0", Limits())


@pytest.mark.parametrize(
    "url", [b"http://tri.example:9100/v1", b"HTTP://TRI.example:9100", b"https://tri.example:9100?x"]
)
def test_an_address_with_the_same_host_is_taken(url: bytes) -> None:
    check_head(url, [HOST], "1.1", Limits())


@pytest.mark.parametrize(
    "url",
    [
        b"http://evil.example/v1",
        b"http://tri.example/v1",
        b"http://tri.example:9100@evil/",
        b"http:///v1",
        b"v1",
        b"http:/x",
    ],
)
def test_an_address_with_another_host_is_not(url: bytes) -> None:
    with pytest.raises(InvalidRequest, match="two hosts"):
        check_head(url, [HOST], "1.1", Limits())


@pytest.mark.parametrize("codings", [[b"gzip, chunked"], [b"chunked", b"chunked"], [b"identity"], [b"chunked;q=1"]])
def test_only_one_coding_is_read(codings: list[bytes]) -> None:
    with pytest.raises(InvalidRequest, match="coding"):
        check_head(b"/", [HOST, *((b"transfer-encoding", coding) for coding in codings)], "1.1", Limits())
    check_head(b"/", [HOST, (b"transfer-encoding", b"Chunked")], "1.1", Limits())


def test_it_has_bounds() -> None:
    small = Limits(headers=3, head_bytes=100)
    check_head(b"/", [HOST, (b"a", b"b"), (b"c", b"d")], "1.1", small)
    for url, headers in ((b"/", [HOST] * 4), (b"/" * 100, [HOST]), (b"/", [HOST, (b"a", b"b" * 100)])):
        with pytest.raises(HeadTooLarge):
            check_head(url, headers, "1.1", small)
