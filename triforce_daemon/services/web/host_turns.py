"""One request to a host at a time, with a pause after it, whoever asks."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from triforce_daemon.errors import UpstreamTimeout
from triforce_daemon.runtime.clock import Clock

#: So many hosts are remembered before those are forgotten that nobody has to wait for.
_REMEMBERED = 256
#: How long somebody stands in line.
_PATIENCE_SECONDS = 60.0


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: How many have or want their turn.
    asking: int = 0
    free_at: float = 0.0


class HostTurns:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, pause: float) -> AsyncGenerator[None]:
        """Wait until `host` may be asked; the next one waits `pause` seconds from the end on.

        Raises UpstreamTimeout where the line is too long.
        """
        one = self._hosts.setdefault(host, _Host())
        one.asking += 1
        try:
            await self._stand_in_line(host, one)
            try:
                if (wait := one.free_at - self._clock.ticks()) > 0:
                    await self._clock.sleep(wait)
                try:
                    yield
                finally:
                    one.free_at = self._clock.ticks() + pause
            finally:
                one.lock.release()
        finally:
            one.asking -= 1
            self._forget()

    async def _stand_in_line(self, host: str, one: _Host) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await one.lock.acquire()
        except TimeoutError:
            raise UpstreamTimeout(
                f"So many read {host} that it was not your turn within {_PATIENCE_SECONDS:g} s.",
                "Ask again later.",
            ) from None

    def _forget(self) -> None:
        if len(self._hosts) > _REMEMBERED:
            now = self._clock.ticks()
            self._hosts = {name: one for name, one in self._hosts.items() if one.asking or one.free_at > now}
