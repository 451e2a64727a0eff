"""Connections that wait for another request to the same place."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from triforce_daemon.outbound.connection import Connection
from triforce_daemon.outbound.reach import Reach
from triforce_daemon.outbound.target import Target

#: So long an unused connection is kept; many servers and routers forget one not much later.
IDLE_SECONDS = 30


class Route(NamedTuple):
    """Where a connection leads. Requests with the same route may take the same connection, one after another."""

    host: str
    port: int
    secure: bool
    proxy: Target | None = None
    unix_socket: str | None = None
    reach: Reach = "configured"


class Pool:
    """Without an upper limit: how many requests run at the same time is decided elsewhere."""

    def __init__(self) -> None:
        self._idle: dict[Route, dict[Connection, None]] = {}
        self._open: dict[Connection, Route] = {}

    def take(self, route: Route) -> Connection | None:
        """A connection that has carried an answer before, the one that was used last; None: make one."""
        idle = self._idle.get(route)
        while idle:
            connection, _ = idle.popitem()
            if connection.alive:
                return connection
        return None

    def add(self, route: Route) -> Connection:
        """A new connection, about to be made, that is told of here until it has ended."""
        connection = Connection(asyncio.get_running_loop(), self._lost)
        self._open[connection] = route
        return connection

    def give_back(self, connection: Connection) -> None:
        """Keep it for another request, or end it."""
        route = self._open.get(connection)
        if route is None or not connection.reusable:
            connection.abort()
            return
        self._idle.setdefault(route, {})[connection] = None
        connection.rest(IDLE_SECONDS)

    def drop(self, wanted: Callable[[Route], bool]) -> None:
        """End the connections whose route is wanted, also those that are in use."""
        for connection, route in list(self._open.items()):
            if wanted(route):
                connection.abort()

    def _lost(self, connection: Connection) -> None:
        route = self._open.pop(connection, None)
        if route is None:
            return
        idle = self._idle.get(route)
        if idle is not None:
            idle.pop(connection, None)
            if not idle:
                del self._idle[route]
