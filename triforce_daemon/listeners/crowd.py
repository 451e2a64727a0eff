"""Counts who is connected to a port, so that nobody takes all the room there is."""

import logging
from collections import Counter
from ipaddress import IPv6Address, ip_address

log = logging.getLogger(__name__)

#: A provider gives a household a whole network of this many bits, and each device takes addresses as it likes.
_NETWORK_BITS = 64


class Crowd:
    """Of one listener: `most` connections, `most_of_one` from each address that is not this machine's; 0: no limit."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._of_one: Counter[str] = Counter()
        self._all = 0
        self._turned_away = 0

    def enter(self, address: str) -> "Seat | None":
        """A place for one more connection; None where there is none."""
        house = house_of(address)
        if (self._most and self._all >= self._most) or (
            self._most_of_one and house and self._of_one[house] >= self._most_of_one
        ):
            self._turn_away(address)
            return None
        self._all += 1
        self._of_one[house] += 1
        return Seat(self, house)

    @property
    def size(self) -> int:
        return self._all

    def leave(self, house: str) -> None:
        self._all -= 1
        self._of_one[house] -= 1
        if not self._of_one[house]:
            del self._of_one[house]

    def _turn_away(self, address: str) -> None:
        self._turned_away += 1
        # The 1st, 2nd, 4th, 8th …: who wants to fill the log has to come twice as often each time.
        if self._turned_away & (self._turned_away - 1) == 0:
            words = {"address": address, "connected": self._all, "turned_away": self._turned_away}
            log.warning("a connection was turned away: there are too many", extra=words)


class Seat:
    """The place of one connection; it is given back once, however often that is said."""

    __slots__ = ("_crowd", "_house")

    def __init__(self, crowd: Crowd, house: str) -> None:
        self._crowd: Crowd | None = crowd
        self._house = house

    def leave(self) -> None:
        if self._crowd is not None:
            self._crowd.leave(self._house)
            self._crowd = None


def house_of(address: str) -> str:
    """Whom an address is counted for; nobody for this machine's own, of which all its programs share one."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    found = getattr(found, "ipv4_mapped", None) or found
    if found.is_loopback:
        return ""
    if isinstance(found, IPv6Address):
        return str(IPv6Address(int(found) >> _NETWORK_BITS << _NETWORK_BITS))
    return str(found)
