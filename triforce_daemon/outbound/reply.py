"""An answer from outside: its status, its headers, and its body as it comes."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from functools import partial
from typing import Self

from triforce_daemon.errors import UpstreamFailed
from triforce_daemon.outbound.connection import Connection
from triforce_daemon.outbound.decoding import Decoder, decoder_for
from triforce_daemon.outbound.faults import Lost, lost
from triforce_daemon.outbound.incoming import Headers
from triforce_daemon.outbound.pool import Pool
from triforce_daemon.outbound.timeouts import Deadlines

#: What comes of a body of which nothing was unpacked yet.
_NOTHING: Iterator[bytes] = iter(())
#: A refusal is a few hundred bytes, and there when its status is.
REFUSAL_BYTES = 64 << 10
REFUSAL_SECONDS = 5.0


class Reply:
    """An answer whose head is here; its body is read once: by pieces, by `chunks` or by `read`.

    A body that came packed is unpacked, and the headers that spoke of its packed form are gone.
    """

    __slots__ = ("_begun", "_connection", "_deadlines", "_decoder", "_peer", "_pool", "_unpacked", "headers", "status")

    def __init__(self, connection: Connection, pool: Pool, peer: str, deadlines: Deadlines) -> None:
        """Raises Lost where the body is packed in an unknown way."""
        incoming = connection.incoming
        self.status = incoming.status
        self._decoder = _decoder(incoming.headers)
        self._unpacked = _NOTHING
        self.headers: Mapping[str, str] = Headers(incoming.headers)
        self._connection: Connection | None = connection
        self._pool = pool
        self._peer = peer
        self._deadlines = deadlines
        self._begun = False

    async def piece(self) -> bytes:
        """What has come of the body, or comes next; nothing at its end, with which the connection is free.

        Raises UpstreamFailed where the body breaks off, UpstreamTimeout where it stalls.
        """
        connection, deadlines = self._connection, self._deadlines
        if connection is None:
            raise lost(self._peer, Lost("was not listened to any more"))
        take = connection.take if self._decoder is None else partial(self._unpack, connection, self._decoder)
        now = connection.now()
        end, limit = deadlines.end
        try:
            if end is not None and now >= end:
                # What has come in time would be handed out, however late it is asked for.
                raise TimeoutError
            piece = take()
            if piece is None:
                until, limit = deadlines.of_the_next_piece(now) if self._begun else deadlines.beginning
                while piece is None:
                    await connection.news(until)
                    piece = take()
        except Lost as failure:
            self._abort()
            raise lost(self._peer, failure) from None
        except TimeoutError:
            self.close()
            raise deadlines.missed(self._peer, limit) from None
        except BaseException:
            self.close()
            raise
        # Of a packed body what came until now may have said nothing yet.
        self._begun = True
        if not piece:
            self.close()
        return piece

    def at_once(self) -> bytes | None:
        """The rest of the body, where all of it is here: the connection is free then. None: ask for its pieces."""
        connection = self._connection
        if connection is None or self._decoder is not None or not connection.complete:
            return None
        rest = connection.take()
        self.close()
        return rest

    async def chunks(self) -> AsyncGenerator[bytes]:
        """The body piece by piece; leaving early closes the reply. Raises as `piece` does."""
        try:
            while piece := await self.piece():
                yield piece
        finally:
            self.close()

    async def read(self, limit: int) -> bytes:
        """The whole body; UpstreamFailed where it is longer than `limit` bytes."""
        body: list[bytes] = []
        size = 0
        async for chunk in self.chunks():
            body.append(chunk)
            size += len(chunk)
            if size > limit:
                self.close()
                raise lost(self._peer, Lost(f"sent more than the {limit} bytes that are read of such an answer"))
        return body[0] if len(body) == 1 else b"".join(body)

    async def read_refusal(self) -> bytes:
        """What comes at once of a refusal's words, and no more than anybody reads: its status alone says enough."""
        body = bytearray()
        try:
            async with asyncio.timeout(REFUSAL_SECONDS), aclosing(self.chunks()) as chunks:
                async for chunk in chunks:
                    body += chunk
                    if len(body) >= REFUSAL_BYTES:
                        break
        except (UpstreamFailed, TimeoutError):
            # Half a sentence is better than none; what the provider meant stands in the status.
            pass
        return bytes(body[:REFUSAL_BYTES])

    def close(self) -> None:
        """Free the connection; in the middle of a body it is dropped, so that the upstream stops at once."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool.give_back(connection)

    def _abort(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.abort()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _unpack(self, connection: Connection, decoder: Decoder) -> bytes | None:
        """As the connection's `take`, of a packed body. What says nothing yet is nothing that has come."""
        while not (piece := next(self._unpacked, b"")):
            packed = connection.take()
            if packed is None:
                return None
            if not packed:
                decoder.end()
                return b""
            self._unpacked = decoder.feed(packed)
        return piece


def _decoder(headers: dict[bytes, bytes]) -> Decoder | None:
    encoding = headers.get(b"content-encoding")
    if encoding is None:
        return None
    decoder = decoder_for(encoding.decode("latin-1"))
    if decoder is not None:
        del headers[b"content-encoding"]
        headers.pop(b"content-length", None)
    return decoder
