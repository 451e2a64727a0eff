"""The one way out: HTTP requests to upstreams, over TCP and over Unix sockets."""

import asyncio
import io
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Self, TypedDict

import aiohttp

from triforce_daemon.errors import UpstreamFailed
from triforce_daemon.outbound.faults import Fault, peer_name, timed_out, words_for
from triforce_daemon.outbound.pool import TcpPool, UnixPool, reused
from triforce_daemon.outbound.proxies import Proxies
from triforce_daemon.wire.constants import VERSION

#: aiohttp writes a body of bytes in one go and warns above this size; a BytesIO is written piece by piece.
_ONE_WRITE = 1 << 20


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Limits in seconds; None: no limit. The idle limit counts only while somebody waits for the next piece."""

    connect: float | None = 5
    """Until the connection stands, names resolved and TLS agreed upon."""
    first_byte: float | None = 120
    """From sending until the first byte of the answer's body."""
    idle: float | None = 60
    """Between two pieces of the body."""
    total: float | None = None
    """From sending until the end of the body."""


class Reply:
    """An answer whose head is here; its body is read once, by `chunks` or by `read`."""

    __slots__ = ("_ends_by", "_first_by", "_peer", "_response", "_timeouts", "headers", "status")

    def __init__(
        self,
        response: aiohttp.ClientResponse,
        peer: str,
        timeouts: Timeouts,
        first_by: float | None,
        ends_by: float | None,
    ) -> None:
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers
        self._response = response
        self._peer = peer
        self._timeouts = timeouts
        self._first_by = first_by
        self._ends_by = ends_by

    async def chunks(self) -> AsyncGenerator[bytes]:
        """The body's bytes as they arrive, unchanged; leaving early closes the reply.

        Raises UpstreamFailed where the body breaks off, UpstreamTimeout where it stalls.
        """
        limit, wait_until = "first_byte", self._first_by
        try:
            while chunk := await self._next(limit, wait_until):
                yield chunk
                limit, wait_until = "idle", _from_now(self._timeouts.idle)
        finally:
            self.close()

    async def read(self, limit: int) -> bytes:
        """The whole body; UpstreamFailed where it is longer than `limit` bytes."""
        body = bytearray()
        async for chunk in self.chunks():
            body += chunk
            if len(body) > limit:
                self.close()
                raise UpstreamFailed(f"{self._peer} sent more than the {limit} bytes that are read of such an answer.")
        return bytes(body)

    def close(self) -> None:
        """Free the connection; in the middle of a body it is dropped, so that the upstream stops at once."""
        self._response.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _next(self, limit: str, wait_until: float | None) -> bytes:
        now = asyncio.get_running_loop().time()
        if self._ends_by is not None and (wait_until is None or self._ends_by < wait_until):
            limit, wait_until = "total", self._ends_by
            if now >= wait_until:
                raise timed_out(self._peer, limit, self._timeouts.total)
        try:
            async with asyncio.timeout_at(wait_until):
                return await self._response.content.readany()
        except TimeoutError:
            raise timed_out(self._peer, limit, getattr(self._timeouts, limit)) from None
        except (*Fault, RuntimeError) as error:
            # A RuntimeError: the connection was closed on our side.
            raise words_for(error, self._peer) from None


class _Options(TypedDict):
    headers: Mapping[str, str] | None
    allow_redirects: bool
    proxy: str | None
    timeout: aiohttp.ClientTimeout


class Outbound:
    """Sends requests; keeps a pool of connections for TCP and one for each Unix socket."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """`environ` names the proxies (`HTTPS_PROXY`, `NO_PROXY` and their kind); TLS obeys SSL_CERT_FILE by itself."""
        self._proxies = Proxies(environ)
        self._sessions: dict[str | None, aiohttp.ClientSession] = {}

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        unix_socket: str | None = None,
        timeouts: Timeouts,
        follow: bool = False,
    ) -> Reply:
        """Send a request and return as soon as the answer's head is here, whatever its status.

        `unix_socket` is connected to instead of the URL's host; `follow` obeys redirects, to another host without
        credentials. Raises UpstreamFailed where there is no answer, UpstreamTimeout where it does not come in time.
        """
        peer, now = peer_name(url, unix_socket), asyncio.get_running_loop().time()
        first_by, ends_by = _after(now, timeouts.first_byte), _after(now, timeouts.total)
        options = _Options(
            headers=headers,
            allow_redirects=follow,
            proxy=None if unix_socket else self._proxies.find(url),
            timeout=aiohttp.ClientTimeout(total=None, connect=timeouts.connect),
        )
        # `from None` throughout: aiohttp's own words hold the whole URL, which may hold a key.
        try:
            async with asyncio.timeout_at(_earlier(first_by, ends_by)):
                response = await _request(self._session(unix_socket), method, url, body, options)
        except aiohttp.ConnectionTimeoutError:
            raise timed_out(peer, "connect", timeouts.connect) from None
        except TimeoutError:
            limit = "first_byte" if first_by is not None and first_by == _earlier(first_by, ends_by) else "total"
            raise timed_out(peer, limit, getattr(timeouts, limit)) from None
        except Fault as error:
            raise words_for(error, peer) from None
        return Reply(response, peer, timeouts, first_by, ends_by)

    async def forget(self, unix_socket: str) -> None:
        """Drop the pool of a socket whose server is gone."""
        session = self._sessions.pop(unix_socket, None)
        if session is not None:
            await session.close()

    async def close(self) -> None:
        """Drop every connection, also those that are in use."""
        sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            await session.close()

    def _session(self, unix_socket: str | None) -> aiohttp.ClientSession:
        session = self._sessions.get(unix_socket)
        if session is None:
            session = self._sessions[unix_socket] = _open_session(unix_socket)
        return session


async def _request(
    session: aiohttp.ClientSession, method: str, url: str, body: bytes | None, options: _Options
) -> aiohttp.ClientResponse:
    while True:
        reused.set(False)
        data = io.BytesIO(body) if body is not None and len(body) > _ONE_WRITE else body
        try:
            return await session.request(method, url, data=data, **options)
        except aiohttp.ClientConnectorError:
            raise
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            # Ends: each round uses up a pooled connection, and what fails on a fresh one is not sent again.
            if not reused.get():
                raise


def _open_session(unix_socket: str | None) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=UnixPool(unix_socket) if unix_socket else TcpPool(),
        headers={"User-Agent": f"triforce/{VERSION}", "Accept-Encoding": "identity"},
        skip_auto_headers=("Content-Type",),
        cookie_jar=aiohttp.DummyCookieJar(),
        # The bytes are passed on as they are, so they must not be unpacked here.
        auto_decompress=False,
        # Asking the environment for each request costs two trips to a thread, and a .netrc would clash with our keys.
        trust_env=False,
    )


def _after(now: float, seconds: float | None) -> float | None:
    return None if seconds is None else now + seconds


def _from_now(seconds: float | None) -> float | None:
    return None if seconds is None else asyncio.get_running_loop().time() + seconds


def _earlier(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
