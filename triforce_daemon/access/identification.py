"""Finds out who calls: on the Unix socket by the kernel's word, on a network by a token, and by nothing else."""

import os
import pwd
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.access.host_check import HostCheck, OriginCheck
from triforce_daemon.access.proxy import TrustedProxy
from triforce_daemon.access.tokens import PREFIX, Tokens

Headers = Iterable[tuple[bytes, bytes]]

#: Where clients put their key: OpenAI's, Anthropic's, Gemini's, Azure's.
_KEY_HEADERS = frozenset({b"authorization", b"x-api-key", b"x-goog-api-key", b"api-key"})
_TOKEN = PREFIX.encode()
_BEARER = b"bearer "

_SEND_ONE = "Send one: `Authorization: Bearer tf_…`. `triforce auth token create NAME` makes one."


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
    tokens: Tokens
    #: The listeners on the network, by name.
    entrances: Mapping[str, Entrance] = field(default_factory=dict[str, Entrance])

    def by_headers(self, entrance: Entrance, headers: Headers, query: bytes, now_ms: int) -> Caller | Stranger:
        """Who calls over the network: never the owner. Raises Forbidden where a web page may have been made to."""
        hosts: list[bytes] = []
        origins: list[bytes] = []
        secret: bytes | None = None
        for name, value in headers:
            if name in _KEY_HEADERS:
                secret = secret or _token_in(value)
            elif name == b"host":
                hosts.append(value)
            elif name == b"origin":
                origins.append(value)
        entrance.check(hosts, origins)
        if secret is None:
            return _without_token(query)
        return self.tokens.caller_of(secret, now_ms)


def by_peer(peer: tuple[int, int, int] | None) -> Caller | Stranger:
    """The caller by pid, uid and gid of the socket's other end: the daemon's own user and root are its owner."""
    if peer is None:
        return Stranger()
    pid, uid, _ = peer
    if uid not in (os.getuid(), 0):
        return Stranger()
    # Root acts for the owner: one history, one ledger.
    return Caller(kind="owner", name=_user_name(os.getuid()), uid=uid, pid=pid)


def _token_in(value: bytes) -> bytes | None:
    """The token of a header; None where the client put something else there."""
    if value[:7].lower() == _BEARER:
        value = value[7:].strip()
    return value if value.startswith(_TOKEN) else None


def _without_token(query: bytes) -> Stranger:
    if query.startswith(b"key=") or b"&key=" in query:
        return Stranger(
            "A token in the address is not taken: addresses are kept in logs.", "Send it as header x-goog-api-key."
        )
    return Stranger("There is no token of triforce in this request.", _SEND_ONE)


@cache
def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
