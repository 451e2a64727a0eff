"""Asks servers that the owner's settings name for JSON: there, and nowhere that they send us on to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from triforce_daemon.errors import UpstreamFailed
from triforce_daemon.outbound.client import Outbound, Timeouts

_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class JsonAnswer:
    status: int
    value: Any
    """None where it is no JSON."""


@dataclass(frozen=True, slots=True)
class JsonApi:
    outbound: Outbound
    agent: str

    async def get(self, base: str, path: str, query: Mapping[str, str | int | float], seconds: float) -> JsonAnswer:
        """What `base` answers, whatever its status. Raises UpstreamFailed, UpstreamTimeout."""
        headers = {"Accept": "application/json", "User-Agent": self.agent}
        timeouts = Timeouts(connect=min(5.0, seconds), first_byte=seconds, idle=seconds, total=seconds)
        url = f"{base}{path}?{urlencode(query)}"
        with await self.outbound.send("GET", url, headers=headers, timeouts=timeouts) as reply:
            if 300 <= reply.status < 400:
                raise UpstreamFailed(
                    f"{urlsplit(base).netloc} sends us on to another place, where it is not followed.",
                    "Write into the settings where it is now.",
                )
            body = await reply.read(_BYTES)
        try:
            return JsonAnswer(reply.status, orjson.loads(body))
        except orjson.JSONDecodeError:
            if 200 <= reply.status < 300:
                raise UpstreamFailed(f"{urlsplit(base).netloc} did not answer with JSON.", None) from None
            return JsonAnswer(reply.status, None)
