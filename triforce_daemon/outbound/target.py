"""A URL, as far as it matters for a request."""

import re
from base64 import b64encode
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urlsplit

from triforce_daemon.errors import UpstreamFailed

_PORTS = {"http": 80, "https": 443}
#: What may stand in a path or query as it is; the percent sign is there because both come quoted.
_AS_IT_IS = "!$%&'()*+,/:;=?@[]~"
_HOST = re.compile(r"[A-Za-z0-9._-]+")


class Target(NamedTuple):
    """Where a request goes; never shown to anybody as a whole, for path and login may hold a secret."""

    secure: bool
    host: str
    port: int
    #: Host and port as the `Host` header names them.
    netloc: str
    #: Path and query.
    path: str
    #: The `Authorization` that user and password of the URL come to.
    login: str | None
    #: What people are told.
    peer: str

    def at(self, address: str) -> "Target":
        """The same, by an address instead of its name."""
        return self._replace(host=address, netloc=f"[{address}]" if ":" in address else address)


@lru_cache(maxsize=512)
def parse(url: str) -> Target:
    """The parts of an http or https URL. Raises UpstreamFailed for anything else."""
    try:
        parts = urlsplit(url)
        usual = _PORTS[parts.scheme]
        port = parts.port or usual
        host = _host(parts)
    except (ValueError, KeyError):
        raise UpstreamFailed("That is not an http or https address.", "Check the URL of this upstream.") from None
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port == usual else f"{shown}:{port}"
    path = quote(parts.path or "/", safe=_AS_IT_IS)
    if parts.query:
        path += "?" + quote(parts.query, safe=_AS_IT_IS)
    peer = f"the server {host}:{parts.port}" if parts.port else f"the server {host}"
    return Target(parts.scheme == "https", host, port, netloc, path, _login(parts), peer)


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if "\\" in parts.netloc:
        # Some readers take it for a slash, and thereby what stands behind it for no host.
        raise ValueError
    if ":" in host:
        try:
            return str(IPv6Address(host))
        except AddressValueError:
            raise ValueError from None
    host = host if host.isascii() else host.encode("idna").decode()
    if not _HOST.fullmatch(host):
        raise ValueError
    return host


def _login(parts: SplitResult) -> str | None:
    if parts.username is None:
        return None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return "Basic " + b64encode(pair.encode()).decode()
