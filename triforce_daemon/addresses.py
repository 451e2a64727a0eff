"""Addresses: how they may be written, which nobody is ever asked at, and which are the public internet's."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from socket import inet_aton
from typing import NamedTuple
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")

#: Where Azure, Alibaba and AWS tell their machines secrets, where that is no link-local address.
_METADATA = frozenset(map(ip_address, ("168.63.129.16", "100.100.100.200", "fd00:ec2::254")))
#: This network's own, of which Linux takes every one for itself; and what nobody has.
_NOBODY = (ip_network("0.0.0.0/8"), ip_network("240.0.0.0/4"))
#: Not public, whatever the version of Python says of them: shared by a provider's customers, and for measuring.
_SHARED = (ip_network("100.64.0.0/10"), ip_network("192.0.0.0/24"), ip_network("198.18.0.0/15"))
#: Routers that translate between the versions put an address of version 4 behind this (RFC 6052).
_TRANSLATED = IPv6Network("64:ff9b::/96")
#: The only addresses of version 6 that are handed out (RFC 4291).
_HANDED_OUT = IPv6Network("2000::/3")


def web_address(text: str) -> str:
    """The address of an upstream, checked, without a slash at its end. Raises ValueError."""
    if not text:
        return text
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it has to begin with http:// or https:// and a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("it holds a user or a password; a key is kept by `triforce keys set`")
    if "?" in text or "#" in text:
        raise ValueError("it ends before any ? or #")
    if not text.isascii() or not text.isprintable() or {" ", "\\", "%"} & set(text):
        raise ValueError("it holds what no address holds")
    if _is_nowhere(parts.hostname):
        raise ValueError("no provider is there; of this machine write 127.0.0.1 or localhost")
    # Raises ValueError itself where the port is no number or too large.
    _ = parts.port
    return text.rstrip("/")


def literal(host: str) -> Address | None:
    """The address that `host` is, however it is written: 2852039166 and 0251.0376.169.254 are one too, for whoever
    connects to it. None where it is a name."""
    try:
        return ip_address(host)
    except ValueError:
        try:
            return IPv4Address(inet_aton(host))
        except OSError:
            return None


class Opening(NamedTuple):
    """A host or network of the owner's into which URLs of others may lead: one of name and network is there."""

    name: str | None
    network: Network | None
    port: int | None
    """None: every one."""


def opening(text: str) -> Opening:
    """What a text like `wiki.example`, `[::1]:8000` or `10.1.0.0/16` opens. Raises ValueError."""
    if "/" in text:
        return Opening(None, ip_network(text), None)
    try:
        return Opening(None, ip_network(ip_address(text)), None)
    except ValueError:
        parts = urlsplit(f"//{text}")
        host = (parts.hostname or "").rstrip(".")
    if "@" in text or "?" in text or "#" in text:
        raise ValueError("it is a name, an address or a network, and a port where one is meant")
    address = literal(host)
    if address is not None:
        return Opening(None, ip_network(address), parts.port)
    if not _NAME.fullmatch(host):
        raise ValueError("it is a name, an address or a network, and a port where one is meant")
    return Opening(host, None, parts.port)


def leads_nowhere(address: Address) -> bool:
    """Whether clouds tell their machines secrets there, or nobody can be there: no use leads to such an address."""
    address = _meant(address)
    return (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address in _METADATA
        or any(address in network for network in _NOBODY if network.version == address.version)
    )


def is_public(address: Address) -> bool:
    """Whether it is somebody's in the internet: not this machine, no network at home or at work."""
    address = _meant(address)
    if leads_nowhere(address) or not address.is_global:
        return False
    if isinstance(address, IPv6Address):
        return address in _HANDED_OUT
    return not any(address in network for network in _SHARED)


def _meant(address: Address) -> Address:
    """The address of version 4 that one of version 6 leads to; a zone is the machine's own matter."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address


def _is_nowhere(host: str) -> bool:
    address = literal(host)
    return leads_nowhere(address) if address is not None else host.rstrip(".") == "metadata.google.internal"


def redis_address(text: str) -> str:
    """The address of a Redis, checked. Raises ValueError."""
    if not text:
        return text
    parts = urlsplit(text)
    if parts.scheme not in ("redis", "rediss", "unix"):
        raise ValueError("it has to begin with redis://, rediss:// or unix://")
    if parts.scheme == "unix" and not parts.path:
        raise ValueError("unix:// is followed by the path of a socket")
    if "ssl_cert_reqs" in parts.query or "ssl_check_hostname" in parts.query:
        raise ValueError("who answers by rediss:// is always checked; name what issued his certificate: ssl_ca_certs")
    # Raises ValueError itself where the port is no number or too large.
    _ = parts.port
    return text
