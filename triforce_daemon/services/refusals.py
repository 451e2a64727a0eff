"""What the audit keeps of refusals: the first at once, and of those that follow how many there were."""

import logging
from dataclasses import dataclass

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import StorageFailed, TriforceError
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.stores.audit.trail import Trail

log = logging.getLogger(__name__)

#: So long those of one caller for one reason at one route are counted together, in seconds.
WINDOW = 60.0
#: So many of these are told apart at the same time; the others are counted as one.
MOST = 1_000

_Key = tuple[str | None, str, str]


@dataclass(slots=True)
class _Counted:
    until: float
    times: int = 0


class Refusals:
    """Whoever is refused a thousand times a second makes a few rows of it, not a thousand."""

    def __init__(self, trail: Trail, clock: Clock) -> None:
        self._trail = trail
        self._clock = clock
        self._counted: dict[_Key, _Counted] = {}

    async def note(self, error: TriforceError, caller: Caller | None, route: str, address: str | None) -> None:
        """Write it down, or count it. Where that cannot be written, it is said, and the caller hears of his refusal."""
        key: _Key = (caller.account if caller is not None else None, error.code, route)
        known = self._counted.get(key)
        if known is None and len(self._counted) >= MOST:
            key = (None, error.code, "")
            known = self._counted.get(key)
        if known is not None:
            known.times += 1
            return
        self._counted[key] = _Counted(self._clock.ticks() + WINDOW)
        await self._write(key, 1, caller, address)

    async def keep(self) -> None:
        """Write what was counted, again and again; for ever."""
        while True:
            await self._clock.sleep(WINDOW / 4)
            await self.settle()

    async def settle(self, *, all: bool = False) -> None:
        """Write what was counted in windows that are over, or in all of them."""
        now = self._clock.ticks()
        over = [key for key, counted in self._counted.items() if all or counted.until <= now]
        for key in over:
            counted = self._counted.pop(key)
            if counted.times:
                await self._write(key, counted.times, None, None)

    async def _write(self, key: _Key, times: int, caller: Caller | None, address: str | None) -> None:
        account, code, route = key
        document: dict[str, object] = {"what": "refused", "code": code, "route": route or None, "times": times}
        if caller is not None:
            document |= {"token": caller.token, "login": caller.login}
        try:
            await self._trail.record("refusal", document, caller=account, address=address)
        except StorageFailed as error:
            log.warning("a refusal was not written to the audit", extra={"code": code, "reason": error.message})
