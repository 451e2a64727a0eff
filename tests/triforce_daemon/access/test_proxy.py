"""Whom a proxy says it saw, as far as that can be believed."""

import pytest

from triforce_daemon.access.proxy import TrustedProxy
from triforce_daemon.errors import InvalidRequest


def client(hops: int, *headers: tuple[str, str]) -> str | None:
    return TrustedProxy(hops).client([(name.encode(), value.encode()) for name, value in headers])


@pytest.mark.parametrize(
    ("hops", "told", "found"),
    [
        (1, "192.0.2.1", "192.0.2.1"),
        (1, "9.9.9.9, 192.0.2.1", "192.0.2.1"),
        (1, "nonsense,,192.0.2.1", "192.0.2.1"),
        (2, "9.9.9.9, 192.0.2.1, 198.51.100.1", "192.0.2.1"),
        (2, "192.0.2.1", "192.0.2.1"),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_only_the_last_hops_count(hops: int, told: str, found: str) -> None:
    assert client(hops, ("host", "x"), ("x-forwarded-for", told)) == found


def test_where_nothing_is_told_nothing_is_known() -> None:
    assert client(1, ("host", "x"), ("x-real-ip", "9.9.9.9"), ("forwarded", "for=9.9.9.9")) is None


@pytest.mark.parametrize(
    "headers",
    [
        (("x-forwarded-for", "192.0.2.1"), ("x-forwarded-for", "192.0.2.2")),
        (("x_forwarded_for", "192.0.2.1"),),
        (("x-forwarded-for", "192.0.2.1"), ("x-forwarded_for", "192.0.2.1")),
        (("x-real-ip", "192.0.2.1"), ("x-real-ip", "192.0.2.1")),
        (("cf_connecting_ip", "192.0.2.1"),),
        (("forwarded", "for=192.0.2.1"), ("forwarded", "for=192.0.2.1")),
        (("x-forwarded-for", ""),),
        (("x-forwarded-for", "192.0.2.1, unknown"),),
        (("x-forwarded-for", "192.0.2.1:80"),),
        (("x-forwarded-for", "192.0.2.1,"),),
        (("x-forwarded-for", "ü"),),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(headers: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(InvalidRequest):
        client(1, *headers)
