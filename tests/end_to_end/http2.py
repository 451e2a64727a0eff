"""A client of HTTP/2 that sends whatever it is told to: pseudo-headers twice, in odd spellings, or not at all."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, Event, ResponseReceived, StreamEnded, StreamReset

Headers = Sequence[tuple[bytes, bytes]]


@dataclass
class Reply:
    """`status` is none where the stream was reset instead, or the whole connection ended."""

    status: int | None = None
    body: bytes = b""
    over: bool = False


class Http2:
    """One connection; one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        odd = {"validate_outbound_headers": False, "normalize_outbound_headers": False}
        self._connection = H2Connection(H2Configuration(header_encoding=False, **odd))
        self._connection.initiate_connection()
        self.ended = False

    async def ask(self, headers: Headers) -> Reply:
        stream = self._connection.get_next_available_stream_id()
        self._connection.send_headers(stream, list(headers), end_stream=True)
        reply = Reply()
        while not reply.over and not self.ended:
            await self._flush()
            received = await asyncio.wait_for(self._reader.read(65_536), 10)
            for event in self._connection.receive_data(received) if received else [ConnectionTerminated()]:
                self._take(event, stream, reply)
        await self._flush()
        return reply

    def _take(self, event: Event, stream: int, reply: Reply) -> None:
        if isinstance(event, ConnectionTerminated):
            self.ended = True
        elif getattr(event, "stream_id", None) != stream:
            return
        elif isinstance(event, ResponseReceived):
            reply.status = int(dict(event.headers or ())[b":status"])
        elif isinstance(event, DataReceived):
            reply.body += event.data or b""
            self._connection.acknowledge_received_data(event.flow_controlled_length or 0, stream)
        elif isinstance(event, StreamEnded | StreamReset):
            reply.over = True

    async def _flush(self) -> None:
        self._writer.write(self._connection.data_to_send())
        await self._writer.drain()

    def close(self) -> None:
        self._writer.transport.abort()


@asynccontextmanager
async def ask_each(port: int, context: ssl.SSLContext) -> AsyncIterator[Callable[[Headers], Awaitable[Reply]]]:
    """Asks one request after the other: on one connection, and on the next where the server has ended it."""
    context.set_alpn_protocols(["h2"])
    connections: list[Http2] = []

    async def ask(headers: Headers) -> Reply:
        if not connections or connections[-1].ended:
            connections.append(Http2(*await asyncio.open_connection("127.0.0.1", port, ssl=context)))
        return await connections[-1].ask(headers)

    try:
        yield ask
    finally:
        for connection in connections:
            connection.close()
