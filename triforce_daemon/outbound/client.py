"""The one way out: HTTP requests to upstreams, over TCP and over Unix sockets."""

import asyncio
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import NamedTuple

from triforce_daemon.errors import UpstreamFailed
from triforce_daemon.outbound import target
from triforce_daemon.outbound.connection import Connection
from triforce_daemon.outbound.dial import dial, tunnels
from triforce_daemon.outbound.faults import Lost, lost, refused_by_proxy, unsendable
from triforce_daemon.outbound.pool import Pool, Route
from triforce_daemon.outbound.proxies import Proxies
from triforce_daemon.outbound.reach import Reach
from triforce_daemon.outbound.redirects import Asked, redirected
from triforce_daemon.outbound.reply import Reply
from triforce_daemon.outbound.request import CONTENT_LENGTH, END, Headers, write_head
from triforce_daemon.outbound.target import Target
from triforce_daemon.outbound.timeouts import Deadlines, Timeouts

__all__ = ["Outbound", "Reply", "Timeouts"]

_REDIRECTS = 10
#: Requests whose way is remembered, each with its headers.
_WAYS = 512


class Way(NamedTuple):
    """How to reach a URL, what people are told of who is there, and what a request begins with."""

    goal: Target
    route: Route
    peer: str
    #: Request line and headers, but for what closes them.
    head: bytes


class Outbound:
    """Sends requests; keeps connections for further ones to the same place."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """`environ` names the proxies (`HTTPS_PROXY`, `NO_PROXY` and their kind); TLS obeys SSL_CERT_FILE by itself."""
        self._proxies = Proxies(environ)
        self._pool = Pool()
        self._ways: dict[tuple[str, str, Headers, str | None, Reach], Way] = {}

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        unix_socket: str | None = None,
        timeouts: Timeouts,
        reach: Reach = "configured",
        meanwhile: Callable[[], None] | None = None,
    ) -> Reply:
        """Send a request and return as soon as the answer's head is here, whatever its status.

        `meanwhile` is called when the request is on its way, and there is time until somebody answers.
        `unix_socket` is connected to instead of the URL's host; `reach` is "public" or `Opened` for a URL that the
        owner has not written.
        Raises UpstreamFailed where there is no answer, AddressRefused where the URL leads too far, UpstreamTimeout
        where the answer does not come in time.
        """
        asked = (method, url, tuple(headers.items()) if headers else (), unix_socket, reach)
        goal, route, peer, head = self._ways.get(asked) or self._way(*asked)
        head += END if body is None else CONTENT_LENGTH % len(body)
        began = self._loop.time()
        while True:
            used = (connection := self._pool.take(route)) is not None
            if connection is None:
                connection = await self._connect(route, goal, peer, Deadlines(timeouts, began))
            try:
                connection.begin(head, body or b"")
                if meanwhile is not None:
                    meanwhile()
                deadlines = Deadlines(timeouts, began)
                try:
                    await connection.head(deadlines.beginning[0])
                except TimeoutError:
                    raise deadlines.missed(peer, deadlines.beginning[1]) from None
                return Reply(connection, self._pool, peer, deadlines)
            except Lost as failure:
                connection.abort()
                # A server may close an idle connection in the very moment in which a request is written to it. Nobody
                # has read it then; on a fresh connection the same failure may mean that it did harm. Ends: each round
                # uses up a connection of the pool.
                if not used or connection.heard:
                    raise lost(peer, failure) from None
            except BaseException:
                connection.abort()
                raise

    async def follow(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeouts: Timeouts,
        reach: Reach = "configured",
    ) -> Reply:
        """As `send`, and where the answer redirects, as that says: to another host without credentials."""
        asked = Asked(method, url, headers or {}, body)
        for _ in range(_REDIRECTS):
            reply = await self.send(
                asked.method, asked.url, headers=asked.headers, body=asked.body, timeouts=timeouts, reach=reach
            )
            following = redirected(asked, reply)
            if following is None:
                return reply
            reply.close()
            asked = following
        raise lost(target.parse(asked.url).peer, Lost("redirects in a circle"))

    async def forget(self, unix_socket: str) -> None:
        """Drop the connections to a socket whose server is gone."""
        self._pool.drop(lambda route: route.unix_socket == unix_socket)

    async def close(self) -> None:
        """Drop every connection, also those that are in use."""
        self._pool.drop(lambda _: True)
        # A transport tells its connection of the end in the loop's next turn.
        await asyncio.sleep(0)

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        """The one in which all of it runs."""
        return asyncio.get_running_loop()

    def _way(self, method: str, url: str, headers: Headers, unix_socket: str | None, reach: Reach) -> Way:
        """Raises UpstreamFailed for what is no address, and for what would not be one request any more."""
        goal = target.parse(url)
        peer = goal.peer if unix_socket is None else f"{goal.peer} on {unix_socket}"
        proxy = None if unix_socket is not None else self._proxy(url, peer)
        route = Route(goal.host, goal.port, goal.secure, proxy, unix_socket, reach)
        try:
            head = write_head(method, goal, headers, None if tunnels(route) else proxy)
        except ValueError as error:
            raise unsendable(goal.peer, error) from None
        if len(self._ways) >= _WAYS:
            self._ways.clear()
        way = self._ways[method, url, headers, unix_socket, reach] = Way(goal, route, peer, head)
        return way

    def _proxy(self, url: str, peer: str) -> Target | None:
        found = self._proxies.find(url)
        try:
            return None if found is None else target.parse(found)
        except UpstreamFailed:
            raise refused_by_proxy(peer) from None

    async def _connect(self, route: Route, goal: Target, peer: str, deadlines: Deadlines) -> Connection:
        """Raises UpstreamFailed, and UpstreamTimeout for whichever limit is reached first."""
        until, limit = deadlines.of_connecting(self._loop.time())
        try:
            async with asyncio.timeout_at(until):
                return await dial(self._pool, route, goal, peer)
        except TimeoutError:
            raise deadlines.missed(peer, limit) from None
