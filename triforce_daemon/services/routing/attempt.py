"""One request to one model with one key, from its sending to the closing of its answer."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial
from typing import Self

from triforce_daemon.dialects.canonical import Written
from triforce_daemon.dialects.dialect import Dialect, StreamReader
from triforce_daemon.errors import TriforceError, UpstreamTimeout
from triforce_daemon.outbound.client import Reply
from triforce_daemon.providers.health import Health
from triforce_daemon.providers.hush import hushed
from triforce_daemon.providers.provider import Address
from triforce_daemon.providers.upstream import Upstream, fitted
from triforce_daemon.services.continuation import Continuable, Said
from triforce_daemon.services.routing.call import Call
from triforce_daemon.services.routing.delivery import Delivery, Gathered, Streamed, Told, Whole
from triforce_daemon.services.routing.seat import Seat
from triforce_daemon.services.tool_emulation.asking import applies, asked
from triforce_daemon.services.tool_emulation.reader import EmulatedReader
from triforce_daemon.services.translation import Translation


class Attempt:
    """`open` sends and takes in what must be there before the client sees anything; `close` frees everything."""

    delivery: Delivery | None = None
    #: What the upstream's dialect, or the upstream itself, cannot take of the request.
    dropped: Sequence[str] = ()
    #: What it came to, where that is no answer; and how long it took until it answered or failed, in seconds.
    failure: TriforceError | None = None
    took: float | None = None
    #: It was under way when it was given up for another, or when the client left.
    abandoned = False
    #: What it broke off with, where another one went on.
    broke_off: TriforceError | None = None
    #: Calls of tools are asked for and read as `tool_emulation` has them.
    _emulates = False
    #: A whole answer is put together from a stream.
    _gathers = False
    #: The bytes go through: both sides speak the same, and nothing is made of them on the way.
    _passes = False
    _address: Address | None = None
    _reach: AbstractAsyncContextManager[Address] | None = None
    _reply: Reply | None = None
    _counted = False

    def __init__(
        self,
        call: Call,
        seat: Seat,
        upstream: Upstream,
        dialect: Dialect,
        health: Health,
        ticks: Callable[[], float],
        meanwhile: Callable[[], None],
    ) -> None:
        """`dialect` is the upstream's; `meanwhile` is called when the request is on its way."""
        self.call = call
        self.seat = seat
        self._upstream = upstream
        self._dialect = dialect
        self._ticks = ticks
        self._meanwhile = meanwhile
        self._rate_limits = health.rate_limits
        self._record = health.record(seat.candidate.id)

    async def open(self) -> Self:
        """Itself. Raises what the provider, the network or its answer's beginning came to; all is closed then."""
        self._record.outstanding += 1
        self._counted = True
        began = self._ticks()
        try:
            candidate, credential = self.seat
            address = candidate.provider.at_once(candidate.name, credential)
            if address is None:
                reach = candidate.provider.reach(candidate.name, credential, self.call.progress)
                address = await reach.__aenter__()
                self._reach = reach
            await self._send(address)
            return self
        except BaseException as error:
            self.abandoned = isinstance(error, asyncio.CancelledError)
            self.hush(error)
            self.failure = error.apart() if isinstance(error, TriforceError) else None
            await self.close()
            raise
        finally:
            self.took = self._ticks() - began

    def hush(self, error: BaseException) -> None:
        """Take the key out of the provider's words, which come also in the middle of a good answer."""
        if isinstance(error, TriforceError) and self._address is not None:
            hushed(error, self._address.headers)

    async def give_up(self) -> None:
        """Close it: another one answers. What it cost is still paid for."""
        self.abandoned = True
        await self.close()

    async def close(self) -> None:
        if self._counted:
            self._counted = False
            self._record.outstanding -= 1
        reply, self._reply = self._reply, None
        if reply is not None:
            reply.close()
        if self._reach is not None:
            reach, self._reach = self._reach, None
            await reach.__aexit__(None, None, None)

    async def _send(self, address: Address) -> None:
        self._address = address
        self._look_at(address)
        written = fitted(address, self._written(address.model))
        self.dropped = written.dropped
        began = self._ticks()
        heard = partial(self._rate_limits.heard, self.seat.candidate.provider.name, self.seat.credential)
        self._reply = reply = await self._upstream.post(address, written, self._dialect, heard, self._prepare)
        self.delivery = delivery = self._prepared
        # The first piece of a stream has its limit by itself.
        if not await delivery.begins(reply):
            await self._first_token(delivery, reply, began)
        took = (delivery.began or self._ticks()) - began
        self._record.began(took, streamed=self.call.request.stream)

    async def _first_token(self, delivery: Delivery, reply: Reply, began: float) -> None:
        """A stream that trickles without ever showing anything is given up where its first token is due."""
        limit = self._upstream.settings.first_token_seconds
        try:
            async with asyncio.timeout(limit - (self._ticks() - began)):
                while not await delivery.begins(reply):
                    pass
        except TimeoutError:
            raise UpstreamTimeout(f"The provider sent no first token within {limit:g} s.") from None

    def _look_at(self, address: Address) -> None:
        """Find out what has to be made of the request and its answer on the way."""
        call, client = self.call, self.call.dialect
        if address.emulates_tools:
            self._emulates = applies(call.request)
        if address.streams_only or self._emulates:
            self._gathers = client is not None and not call.request.stream
        same = client is not None and client.name == self._dialect.name
        self._passes = same and not (call.continues or self._gathers or self._emulates)

    def _prepare(self) -> None:
        """The request is on its way: make what will be needed with the first word of the answer."""
        self._prepared = self._way()
        self._meanwhile()

    def _way(self) -> Delivery:
        client, request = self.call.dialect, self.call.request
        if client is None:
            return Told(self._reader(), self._ticks)
        if not request.stream:
            if self._gathers:
                return Gathered(self._reader(), self._ticks, client, request)
            return Whole(self._dialect, client, request, self._upstream.settings.idle_seconds)
        if self._passes:
            return Streamed(self._dialect.watch(self.call.body), self._ticks)
        if self.call.going_on is not None:
            return Streamed(Continuable(self._reader(), *self.call.going_on), self._ticks)
        writer = client.writer(request)
        if self.call.continues:
            return Streamed(Continuable(self._reader(), Said(writer)), self._ticks)
        return Streamed(Translation(self._reader(), writer), self._ticks)

    def _written(self, model: str) -> Written:
        """The call in the upstream's words: as it came where it passes, else translated."""
        request = self.call.request
        if self._passes:
            path, body = self._dialect.replace_model(self.call.body, model, stream=request.stream)
            return Written(path, body, [])
        request = replace(request, model=model)
        if self._gathers:
            request = replace(request, stream=True, include_usage=True)
        return self._dialect.write_request(asked(request) if self._emulates else request)

    def _reader(self) -> StreamReader:
        reader = self._dialect.reader()
        return EmulatedReader(reader) if self._emulates else reader
