"""How far URLs may lead, by what the owner has opened."""

from ipaddress import ip_network

import pytest

from triforce_daemon.errors import AddressRefused
from triforce_daemon.outbound import target
from triforce_daemon.outbound.reach import Opened, Reach
from triforce_daemon.services.web.openings import Openings, checked


def reach(url: str, *allowed: str) -> Reach:
    return Openings(allowed).reach(target.parse(url))


HOME = Opened((ip_network("10.1.0.0/16"),))


@pytest.mark.parametrize(
    ("url", "allowed", "far"),
    [
        ("http://a.example/", (), "public"),
        ("http://wiki.example/", ("wiki.example",), "configured"),
        ("http://WIKI.example.:8080/", ("wiki.example",), "configured"),
        ("http://wiki.example:8080/", ("wiki.example:8080",), "configured"),
        ("http://wiki.example:9090/", ("wiki.example:8080",), "public"),
        ("http://not.wiki.example/", ("wiki.example",), "public"),
        # Whatever the name: the address that it has is what counts.
        ("http://a.example/", ("10.1.0.0/16",), HOME),
        ("http://10.2.0.1/", ("10.1.0.0/16",), HOME),
        ("http://a.example:8888/", ("127.0.0.1:8888",), Opened((ip_network("127.0.0.1/32"),))),
        ("http://a.example:8889/", ("127.0.0.1:8888",), "public"),
    ],
)
def test_how_far_a_url_may_lead(url: str, allowed: tuple[str, ...], far: Reach) -> None:
    assert reach(url, *allowed) == far


def test_a_port_of_another_protocol_is_opened_by_its_number() -> None:
    with pytest.raises(AddressRefused, match="Port 631"):
        reach("http://a.example:631/", "a.other", "10.0.0.0/8")
    assert reach("http://printer.example:631/", "printer.example:631") == "configured"


def test_a_fragment_is_no_part_of_a_place() -> None:
    assert checked(" https://a.example/b?c#d ")[0] == "https://a.example/b?c"
