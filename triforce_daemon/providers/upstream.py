"""Sends a chat to where it is answered."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from triforce_daemon.dialects.canonical import Written
from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.errors import InvalidRequest, TriforceError
from triforce_daemon.outbound.client import Outbound, Reply, Timeouts
from triforce_daemon.providers.hush import hushed
from triforce_daemon.providers.provider import Address
from triforce_daemon.providers.retry_after import retry_after_ms
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.settings import Upstream as UpstreamSettings

#: Told the headers of an answer.
Heard = Callable[[Mapping[str, str]], None]


class Upstream:
    def __init__(self, outbound: Outbound, settings: UpstreamSettings, clock: Clock) -> None:
        self._outbound = outbound
        self._clock = clock
        self.take(settings)

    def take(self, settings: UpstreamSettings) -> None:
        """These hold from now on, for what is sent from now on."""
        self.settings = settings
        self._timeouts = Timeouts(
            connect=settings.connect_seconds,
            first_byte=settings.first_token_seconds,
            idle=settings.idle_seconds,
            total=settings.total_seconds,
        )

    async def post(
        self,
        address: Address,
        written: Written,
        dialect: Dialect,
        heard: Heard | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> Reply:
        """Post a request that is written in `dialect`; return the answer, which is a 200.

        `meanwhile` is called when the request is on its way, `heard` is told the headers of whatever the provider
        answers.
        Raises the upstream's refusal as an error of ours; UpstreamFailed and UpstreamTimeout where there is no answer;
        InvalidRequest for what cannot be written.
        """
        reply = await self._outbound.send(
            "POST",
            address.url + written.path,
            headers={"content-type": "application/json", **address.headers},
            body=_dumped(written.body),
            unix_socket=address.unix_socket,
            timeouts=self._timeouts,
            meanwhile=meanwhile,
        )
        if heard is not None:
            heard(reply.headers)
        if reply.status != 200:
            raise self._refusal(reply, dialect.read_error(reply.status, await reply.read_refusal()), address)
        return reply

    def _refusal(self, reply: Reply, error: TriforceError, address: Address) -> TriforceError:
        if error.retry_after_ms is None:
            error.retry_after_ms = retry_after_ms(reply.headers, self._clock.now_ms() / 1_000)
        return hushed(error, address.headers)


def fitted(address: Address, written: Written) -> Written:
    """The request as this provider takes it, with what that cost among what is dropped. Raises InvalidRequest."""
    if address.fit is None:
        return written
    body, lost = address.fit(written.body)
    return Written(written.path, body, [*written.dropped, *lost])


def _dumped(body: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError as error:
        # orjson reads brackets within brackets to a depth of 1,024, and writes them to one of 254.
        raise InvalidRequest(f"The request cannot be passed on: {error}.", "Nest it less deeply.") from None
