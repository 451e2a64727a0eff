"""What a browser may be made to send: which `Host` and `Origin` a listener on the network answers to.

A page of anywhere can have its own name lead to 127.0.0.1 (DNS rebinding), and then its scripts speak to this daemon.
They cannot change these two headers.
"""

import re
from collections.abc import Iterable

from triforce_daemon.errors import Forbidden

_LOOPBACK_ORIGIN = re.compile(rb"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
_LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
_HTTP_PORT = 80


class HostCheck:
    """Of a listener on `host` and `port`; `hosts` is what its owner allows besides loopback."""

    def __init__(self, host: str, port: int, hosts: Iterable[str] = ()) -> None:
        own = f"[{host}]" if ":" in host else host
        local = {f"{name}:{port}" for name in (*_LOOPBACK_HOSTS, own)}
        if port == _HTTP_PORT:
            local |= {*_LOOPBACK_HOSTS, own}
        told = {*hosts, *(f"{name}:{port}" for name in hosts)}
        self._hosts = frozenset(name.lower().encode() for name in local | told)

    def check(self, hosts: list[bytes]) -> None:
        """The values of the header as they came. Raises Forbidden."""
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            raise Forbidden(
                "This daemon does not answer to that name.",
                "Call it by 127.0.0.1 or localhost and its port, or allow the name with the setting http.hosts.",
            )


class OriginCheck:
    """Of the listener `section`; `origins` are the pages that its owner allows."""

    def __init__(self, section: str, origins: Iterable[str] = (), *, local: bool = False) -> None:
        """`local`: pages that this machine serves may send too; only those of `origins` get to read an answer."""
        self._section = section
        self._origins = frozenset(origin.lower().encode() for origin in origins)
        self._local = local

    def check(self, origins: list[bytes]) -> None:
        """The values of the header as they came. Raises Forbidden."""
        for origin in origins:
            if not self.shares_with(origin) and not (self._local and _LOOPBACK_ORIGIN.fullmatch(origin)):
                raise Forbidden(
                    "A web page of another origin may not use this daemon.",
                    f"Allow its origin with the setting {self._section}.origins.",
                )

    @property
    def shares_any(self) -> bool:
        return bool(self._origins)

    def shares_with(self, origin: bytes) -> bool:
        """Whether its owner has allowed that page."""
        return origin.lower() in self._origins
