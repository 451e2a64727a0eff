"""Slows down whoever guesses: the longer, the more often a name or an address has failed."""

from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from triforce_daemon.errors import TooManyAttempts

#: What has failed is forgotten after so long without another attempt.
_FORGET_SECONDS = 3_600.0
#: So many names and addresses are remembered; those that were quiet longest are forgotten first.
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Patience:
    """So many attempts are free; each further one waits twice as long as the one before, up to `longest` seconds."""

    free: int
    longest: float

    def wait(self, attempts: int) -> float:
        # Beyond 2**20 the number would only grow.
        return min(2.0 ** min(attempts - self.free, 20), self.longest) if attempts >= self.free else 0.0


#: Of a name only little, so that nobody can lock another one out for long.
NAME = Patience(free=5, longest=60.0)
ADDRESS = Patience(free=20, longest=900.0)


@dataclass(slots=True)
class _Record:
    attempts: int
    last: float


class Throttle:
    """`now` is in seconds. An attempt counts from its beginning: those that run at the same time count as well."""

    def __init__(self) -> None:
        self._records: OrderedDict[tuple[str, str], _Record] = OrderedDict()

    def attempt(self, name: str | None, address: str | None, now: float) -> None:
        """Let an attempt begin. Raises TooManyAttempts, also for a password that would have been right."""
        keys = _keys(name, address)
        waits = [self._wait(key, patience, now) for key, patience in keys]
        longest = max(waits, default=0.0)
        if longest > 0:
            raise TooManyAttempts(
                "There were too many attempts.", "Wait a little.", retry_after_ms=max(round(longest * 1_000), 1)
            )
        for key, _ in keys:
            self._count(key, now)

    def forgive(self, name: str | None, address: str | None) -> None:
        """The attempt has succeeded: the name begins anew; of the address, which others share, it is taken off."""
        for key, _ in _keys(name, address):
            record = self._records.get(key)
            if key[0] == "name":
                self._records.pop(key, None)
            elif record is not None:
                record.attempts = max(record.attempts - 1, 0)

    def _wait(self, key: tuple[str, str], patience: Patience, now: float) -> float:
        record = self._records.get(key)
        if record is None or now - record.last > _FORGET_SECONDS:
            return 0.0
        return record.last + patience.wait(record.attempts) - now

    def _count(self, key: tuple[str, str], now: float) -> None:
        record = self._records.get(key)
        if record is None or now - record.last > _FORGET_SECONDS:
            record = self._records[key] = _Record(0, now)
        record.attempts, record.last = record.attempts + 1, now
        self._records.move_to_end(key)
        while len(self._records) > _REMEMBERED:
            self._records.popitem(last=False)


def _keys(name: str | None, address: str | None) -> list[tuple[tuple[str, str], Patience]]:
    keys: list[tuple[tuple[str, str], Patience]] = []
    if name is not None:
        keys.append((("name", name[:64]), NAME))
    if address:
        keys.append((("address", _network(address)), ADDRESS))
    return keys


def _network(address: str) -> str:
    """The address; of version 6 the 64 bits of its network, within which one client has as many as it likes."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return known.exploded[:19]
    return str(known.ipv4_mapped if isinstance(known, IPv6Address) else known)
