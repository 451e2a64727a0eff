"""What a proxy in front of the http listener says of the client, as far as it can be believed."""

from collections.abc import Iterable
from ipaddress import ip_address

from triforce_daemon.errors import InvalidRequest

FORWARDED_FOR = b"x-forwarded-for"
#: What proxies tell by; of these only the first is read, and none may come twice or in another spelling.
_TOLD_BY_PROXIES = frozenset(
    {FORWARDED_FOR, b"x-forwarded-port", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-user"}
    | {b"forwarded", b"x-real-ip", b"cf-connecting-ip", b"true-client-ip", b"x-user-id"}
)

_HINT = "The proxy in front has to drop what its client sends of these; docs/operations/apache.md shows how."


class TrustedProxy:
    """So many proxies stand in front, one behind the other; each adds whom it saw at the end of the header."""

    def __init__(self, hops: int) -> None:
        self._hops = hops

    def client(self, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        """The client's address, for logs and limits, never for who he is; None where the proxies told none.

        Raises InvalidRequest where it was told twice, or in a way that another program could read differently.
        """
        told: dict[bytes, bytes] = {}
        for name, value in headers:
            meant = name.replace(b"_", b"-")
            if meant in _TOLD_BY_PROXIES:
                if meant != name or meant in told:
                    raise InvalidRequest(f"{meant.decode()} comes twice, or with an underscore.", _HINT)
                told[meant] = value
        if FORWARDED_FOR not in told:
            return None
        seen = told[FORWARDED_FOR].split(b",")
        # What stands further left came with the request, and its sender may write there what he likes.
        return _address(seen[-min(self._hops, len(seen))].strip())


def _address(value: bytes) -> str:
    try:
        return str(ip_address(value.decode("ascii")))
    except ValueError:
        raise InvalidRequest("x-forwarded-for names no address.", _HINT) from None
