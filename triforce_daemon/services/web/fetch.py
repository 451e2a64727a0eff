"""Fetches what a URL of somebody else's leads to, within bounds: of places, of time, of bytes.

Each place on the way is looked at anew: its URL here, its addresses at the moment at which it is connected to.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from triforce_daemon.errors import UpstreamFailed, UpstreamTimeout
from triforce_daemon.outbound.client import Outbound, Timeouts
from triforce_daemon.outbound.redirects import Asked, redirected
from triforce_daemon.outbound.reply import Reply
from triforce_daemon.services.web.host_turns import HostTurns
from triforce_daemon.services.web.openings import Openings, checked
from triforce_daemon.web_settings import Web
from triforce_daemon.wire.constants import VERSION

MOST_MOVES = 5
_IDLE_SECONDS = 10.0
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fetched:
    url: str
    """Where it was found in the end."""
    status: int
    type: str
    """The media type alone, in small letters; empty: nobody says."""
    charset: str | None
    headers: Mapping[str, str]
    body: bytes
    truncated: bool
    """There was more of it."""


async def _anywhere(url: str) -> None:
    """Every place will do."""


class Fetcher:
    def __init__(self, outbound: Outbound, turns: HostTurns, settings: Web) -> None:
        self._outbound = outbound
        self._turns = turns
        self._settings = settings
        self._openings = Openings(settings.allow)
        self._agent = agent(settings)

    @property
    def pause(self) -> float:
        """How long a host is left alone after a page, where nobody says anything else."""
        return self._settings.delay_seconds

    async def fetch(
        self,
        url: str,
        *,
        accept: str = "*/*",
        most: int | None = None,
        pause: float | None = None,
        before: Callable[[str], Awaitable[None]] = _anywhere,
    ) -> Fetched:
        """What is at `url`, whatever its status; `most`: bytes of it, instead of the settings'.

        `pause`: how long its host is left alone afterwards. `before` is asked of each place on the way, and raises
        what it likes. Raises InvalidRequest, AddressRefused, UpstreamFailed, UpstreamTimeout.
        """
        headers = {"Accept": accept, "User-Agent": self._agent}
        asked = Asked("GET", url, headers, None)
        left = self._settings.page_seconds
        loop = asyncio.get_running_loop()
        for _ in range(MOST_MOVES + 1):
            here, goal = checked(asked.url)
            reach = self._openings.reach(goal)
            await before(here)
            async with self._turns.turn(goal.netloc, self.pause if pause is None else pause):
                began = loop.time()
                timeouts = Timeouts(connect=min(5.0, left), first_byte=left, idle=min(_IDLE_SECONDS, left), total=left)
                with await self._outbound.send("GET", here, headers=headers, timeouts=timeouts, reach=reach) as reply:
                    following = redirected(asked._replace(url=here), reply)
                    if following is None:
                        return await self._read(here, reply, most or self._settings.page_bytes)
                left -= loop.time() - began
            if left <= 0:
                raise UpstreamTimeout(f"It was not found within {self._settings.page_seconds:g} s.", None)
            asked = following
        raise UpstreamFailed(f"It was moved more than {MOST_MOVES} times.", "Ask for the place itself.")

    async def _read(self, url: str, reply: Reply, most: int) -> Fetched:
        body = bytearray()
        while len(body) <= most and (piece := await reply.piece()):
            body += piece
        told = reply.headers.get("content-type", "")
        charset = _CHARSET.search(told)
        return Fetched(
            url=url,
            status=reply.status,
            type=told.partition(";")[0].strip().lower(),
            charset=charset[1] if charset else None,
            headers=reply.headers,
            body=bytes(body[:most]),
            truncated=len(body) > most,
        )


def agent(settings: Web) -> str:
    """What servers are told of who asks."""
    return f"triforce/{VERSION}" + (f" (+{settings.contact})" if settings.contact else "")
