"""Sends a chat to where it is answered."""

from dataclasses import dataclass

import orjson

from triforce_daemon.dialects.canonical import Written
from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.outbound.client import Outbound, Reply, Timeouts
from triforce_daemon.providers.provider import Address
from triforce_daemon.settings import Upstream as UpstreamSettings

#: A refusal is a few hundred bytes; what is longer is cut off, not read.
ERROR_LIMIT = 64 << 10


@dataclass(frozen=True, slots=True)
class Upstream:
    outbound: Outbound
    settings: UpstreamSettings

    async def post(self, address: Address, written: Written, dialect: Dialect) -> Reply:
        """Post a request that is written in `dialect`; return the answer, which is a 200.

        Raises the upstream's refusal as an error of ours; UpstreamFailed and UpstreamTimeout where there is no answer.
        """
        reply = await self.outbound.send(
            "POST",
            address.url + written.path,
            headers={"content-type": "application/json", **address.headers},
            body=orjson.dumps(written.body),
            unix_socket=address.unix_socket,
            timeouts=self._timeouts(),
        )
        if reply.status != 200:
            raise dialect.read_error(reply.status, await reply.read(ERROR_LIMIT))
        return reply

    def _timeouts(self) -> Timeouts:
        return Timeouts(
            connect=self.settings.connect_seconds,
            first_byte=self.settings.first_token_seconds,
            idle=self.settings.idle_seconds,
            total=self.settings.total_seconds,
        )
