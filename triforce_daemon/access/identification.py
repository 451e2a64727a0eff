"""Finds out who calls: on the Unix socket by the kernel's word, on a network by what the request brings to show it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.access.credentials import KEY_HEADERS, Credentials
from triforce_daemon.access.elsewhere import Unheard
from triforce_daemon.access.host_check import HostCheck, OriginCheck
from triforce_daemon.access.local_users import LocalUsers
from triforce_daemon.access.password_check import Basic
from triforce_daemon.access.proxy import TrustedProxy
from triforce_daemon.access.tokens import PREFIX

TOKEN_PREFIX = PREFIX.encode()
_LOOKED_AT = KEY_HEADERS | {b"host", b"origin"}

Headers = Iterable[tuple[bytes, bytes]]
#: Who calls, or what it takes some time to find out from.
Known = Caller | Stranger | Basic | Unheard


@dataclass(frozen=True, slots=True)
class Entrance:
    """What a listener on the network asks of a request before it asks who sent it."""

    origins: OriginCheck
    #: The names to which it answers; None: any, for it is reached from anywhere.
    hosts: HostCheck | None = None
    #: Who stands in front of it; None: nobody who is believed.
    proxy: TrustedProxy | None = None

    def check(self, hosts: list[bytes], origins: list[bytes]) -> None:
        """Raises Forbidden where a web page may have been made to ask."""
        if self.hosts is not None:
            self.hosts.check(hosts)
        self.origins.check(origins)


@dataclass(frozen=True, slots=True)
class Identification:
    credentials: Credentials
    local_users: LocalUsers
    #: The listeners on the network, by name.
    entrances: Mapping[str, Entrance] = field(default_factory=dict[str, Entrance])

    def by_headers(self, entrance: Entrance, headers: Headers, query: bytes, now_ms: int) -> Known:
        """Who calls over the network: never the owner. Raises Forbidden where a web page may have been made to."""
        hosts: list[bytes] = []
        origins: list[bytes] = []
        keys: list[bytes] = []
        for name, value in headers:
            if name not in _LOOKED_AT:
                continue
            if name == b"host":
                hosts.append(value)
            elif name == b"origin":
                origins.append(value)
            else:
                keys.append(value)
        entrance.check(hosts, origins)
        return self.credentials.caller_of(self.credentials.among(keys), query, now_ms)

    def narrowed(self, known: Caller, headers: Headers, now_ms: int) -> Caller | Stranger:
        """Who is known by the socket, or the token that he shows: a program that holds one acts with it alone."""
        shown = self.credentials.among([value for name, value in headers if name in KEY_HEADERS])
        if shown is None or not shown.startswith(TOKEN_PREFIX):
            return known
        return self.credentials.tokens.caller_of(shown, now_ms)

    def by_peer(self, peer: tuple[int, int, int] | None, now_ms: int) -> Caller | Stranger:
        """Who calls over the socket, by pid, uid and gid of its other end."""
        return Stranger() if peer is None else self.local_users.caller_of(*peer[:2], now_ms)

    async def slowly(self, known: Basic | Unheard, address: str | None, now_ms: int) -> Caller | Stranger:
        """Who sends this, once it was looked at. Raises TooManyAttempts, StorageFailed."""
        if isinstance(known, Unheard):
            return await self.credentials.asked_elsewhere(known, now_ms)
        return await self.credentials.passwords.caller(known, address)
