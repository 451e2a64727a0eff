"""How far a request may reach, decided on the addresses that a name has, the moment before one is connected to."""

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any, Literal, NamedTuple

from triforce_daemon.addresses import Address, Network, is_public, leads_nowhere
from triforce_daemon.errors import AddressRefused


class Opened(NamedTuple):
    """The public internet, and networks that the owner has opened to URLs that he has not written."""

    networks: tuple[Network, ...]


#: `configured`: where the owner's settings lead, this machine and its networks with it. `public`: where a URL leads
#: that somebody else wrote, the public internet alone; or what is opened besides.
Reach = Literal["configured", "public"] | Opened
#: An entry of getaddrinfo: family, type, protocol, canonical name, and the address with its port.
Found = tuple[Any, Any, int, str, tuple[Any, ...]]


def within(reach: Reach, found: Sequence[Found], peer: str) -> Sequence[Found]:
    """Those of a name's addresses that may be connected to. Raises AddressRefused where none is left.

    Nobody asks for the name a second time: what it stands for a moment later does not matter.
    """
    left = [one for one in found if _allowed(reach, ip_address(one[4][0]))]
    if found and not left:
        raise _refused(peer, reach)
    return left


def _allowed(reach: Reach, address: Address) -> bool:
    if reach == "configured":
        return not leads_nowhere(address)
    if is_public(address):
        return True
    opened = reach.networks if isinstance(reach, Opened) else ()
    return not leads_nowhere(address) and any(address in network for network in opened)


def _refused(peer: str, reach: Reach) -> AddressRefused:
    if reach != "configured":
        return AddressRefused(
            f"{peer[0].upper()}{peer[1:]} is not in the public internet, and is not asked.",
            "A URL that comes from outside may not lead into this machine or its networks; what the owner opens is in "
            "the setting web.allow.",
        )
    return AddressRefused(
        f"{peer[0].upper()}{peer[1:]} is at an address where nobody is ever asked.",
        "Link-local and metadata addresses hold secrets of this machine; write where the server itself is.",
    )
