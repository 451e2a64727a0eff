"""Addresses: every way to write one comes to the same; the two versions agree."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.addresses import is_public, leads_nowhere, literal, opening

MAPPED, TRANSLATED = int(IPv6Address("::ffff:0:0")), int(IPv6Address("64:ff9b::"))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.01"])
def test_ways_to_write_one(host: str) -> None:
    assert literal(host) == IPv4Address("127.0.0.1")


@pytest.mark.parametrize("host", ["localhost", "a.example", "", "1.2.3.4.5", "99999999999"])
def test_names_are_none(host: str) -> None:
    assert literal(host) is None


@given(st.ip_addresses(v=4))
def test_an_address_within_another_counts_as_itself(address: IPv4Address) -> None:
    for beginning in (MAPPED, TRANSLATED):
        wrapped = IPv6Address(beginning + int(address))
        assert leads_nowhere(wrapped) == leads_nowhere(address)
        assert is_public(wrapped) == is_public(address)


@given(st.ip_addresses())
def test_what_leads_nowhere_is_not_public(address: IPv4Address | IPv6Address) -> None:
    assert not (leads_nowhere(address) and is_public(address))


@pytest.mark.parametrize("text", ["::1", "127.0.0.1", "10.0.0.1", "192.168.0.1", "fd00::1"])
def test_this_machine_and_its_networks_are_somewhere(text: str) -> None:
    assert not leads_nowhere(ip_address(text))
    assert not is_public(ip_address(text))


@pytest.mark.parametrize(("text", "public"), [("2001:0:5ef5:79fb:0:0:f5ff:fffe", False), ("2606:4700::1111", True)])
def test_tunnels_of_version_6(text: str, public: bool) -> None:
    """The first is Teredo's for 10.0.0.1."""
    assert is_public(ip_address(text)) is public


@pytest.mark.parametrize(
    ("text", "name", "network", "port"),
    [
        ("wiki.example", "wiki.example", None, None),
        ("Wiki.Example.:8080", "wiki.example", None, 8080),
        ("127.0.0.1:8888", None, "127.0.0.1/32", 8888),
        ("127.1", None, "127.0.0.1/32", None),
        ("::1", None, "::1/128", None),
        ("[::1]:80", None, "::1/128", 80),
        ("10.1.0.0/16", None, "10.1.0.0/16", None),
        ("fd00::/8", None, "fd00::/8", None),
    ],
)
def test_what_the_owner_opens(text: str, name: str | None, network: str | None, port: int | None) -> None:
    read = opening(text)
    assert (read.name, read.network and str(read.network), read.port) == (name, network, port)


@pytest.mark.parametrize(
    "text", ["", "http://a", "a b", "10.1.2.3/16", "a@b", "a?b", "host:99999", "[::1", "a/b", "ä.de"]
)
def test_what_opens_nothing(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        opening(text)
