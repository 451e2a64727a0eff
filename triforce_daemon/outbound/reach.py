"""How far a request may reach, decided on the addresses that a name has, the moment before one is connected to."""

from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from typing import Any, Literal

from triforce_daemon.addresses import Address, is_public, leads_nowhere
from triforce_daemon.errors import AddressRefused

#: `configured`: where the owner's settings lead, this machine and its networks with it. `public`: where a URL leads
#: that somebody else wrote, the public internet alone.
Reach = Literal["configured", "public"]
#: An entry of getaddrinfo: family, type, protocol, canonical name, and the address with its port.
Found = tuple[Any, Any, int, str, tuple[Any, ...]]

_ALLOWED: Mapping[Reach, Callable[[Address], bool]] = {
    "configured": lambda address: not leads_nowhere(address),
    "public": is_public,
}


def within(reach: Reach, found: Sequence[Found], peer: str) -> Sequence[Found]:
    """Those of a name's addresses that may be connected to. Raises AddressRefused where none is left.

    Nobody asks for the name a second time: what it stands for a moment later does not matter.
    """
    allowed = _ALLOWED[reach]
    left = [one for one in found if allowed(ip_address(one[4][0]))]
    if found and not left:
        raise _refused(peer, reach)
    return left


def _refused(peer: str, reach: Reach) -> AddressRefused:
    if reach == "public":
        return AddressRefused(
            f"{peer[0].upper()}{peer[1:]} is not in the public internet, and is not asked.",
            "A URL that comes from outside may not lead into this machine or its networks.",
        )
    return AddressRefused(
        f"{peer[0].upper()}{peer[1:]} is at an address where nobody is ever asked.",
        "Link-local and metadata addresses hold secrets of this machine; write where the server itself is.",
    )
