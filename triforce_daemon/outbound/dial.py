"""Makes connections: names into addresses, straight or through a proxy, with TLS where it is asked for."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from functools import cache

import aiohappyeyeballs

from triforce_daemon.outbound.connection import Connection
from triforce_daemon.outbound.faults import Lost, refused_by_proxy, unreached
from triforce_daemon.outbound.pool import Pool, Route
from triforce_daemon.outbound.reach import Found, Reach, within
from triforce_daemon.outbound.request import write_connect
from triforce_daemon.outbound.target import Target

#: After so long without a connection the next address of a name is tried beside the first (RFC 8305).
_NEXT_ADDRESS_SECONDS = 0.25


async def dial(pool: Pool, route: Route, target: Target, peer: str) -> Connection:
    """A connection for `route`. Raises UpstreamFailed where there is none to be had."""
    if route.proxy is not None:
        return await _through(route.proxy, pool, route, target, peer)
    try:
        if route.unix_socket is not None:
            return await _unix(pool, route, route.unix_socket)
        return await _straight(pool, route, target, peer, route.reach)
    except OSError as error:
        raise unreached(peer, error) from None


async def _unix(pool: Pool, route: Route, path: str) -> Connection:
    _, connection = await asyncio.get_running_loop().create_unix_connection(lambda: pool.add(route), path)
    return connection


async def _addresses(target: Target, peer: str, reach: Reach) -> Sequence[Found]:
    """Those of the target that may be connected to. Raises AddressRefused, OSError."""
    loop = asyncio.get_running_loop()
    return within(reach, await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM), peer)


async def _straight(pool: Pool, route: Route, target: Target, peer: str, reach: Reach) -> Connection:
    """To the target itself, or to the proxy where that is the target."""
    loop = asyncio.get_running_loop()
    connected = await aiohappyeyeballs.start_connection(  # pyright: ignore[reportUnknownMemberType] - bare tuple
        await _addresses(target, peer, reach), happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS
    )
    try:
        _, connection = await loop.create_connection(
            lambda: pool.add(route),
            sock=connected,
            ssl=trust() if target.secure else None,
            server_hostname=target.host if target.secure else None,
        )
    except BaseException:
        connected.close()
        raise
    return connection


def tunnels(route: Route) -> bool:
    """Whether the proxy of this route only connects: it sees no request, and looks no address up by itself."""
    return route.secure or route.reach != "configured"


async def _through(proxy: Target, pool: Pool, route: Route, target: Target, peer: str) -> Connection:
    goal = target
    if route.reach != "configured":
        # A name that the proxy looked up might lead anywhere: it gets the address that was checked.
        found = await _addresses(target, peer, route.reach)
        goal = target.at(str(found[0][4][0]))
    try:
        connection = await _straight(pool, route, proxy, proxy.peer, "configured")
    except OSError:
        raise refused_by_proxy(peer) from None
    if not tunnels(route):
        return connection
    try:
        await _open_tunnel(connection, proxy, goal, peer)
        return await _behind(connection, pool, route, target, peer)
    except BaseException:
        connection.abort()
        raise


async def _open_tunnel(connection: Connection, proxy: Target, goal: Target, peer: str) -> None:
    connection.begin(write_connect(goal, proxy), tunnel=True)
    try:
        await connection.head(None)
    except Lost:
        raise refused_by_proxy(peer) from None
    if not connection.incoming.complete or connection.incoming.status >= 300 or connection.transport is None:
        raise refused_by_proxy(peer)


async def _behind(connection: Connection, pool: Pool, route: Route, target: Target, peer: str) -> Connection:
    """A connection with the target that takes over the one that leads there."""
    transport = connection.transport
    if transport is None:
        raise refused_by_proxy(peer)
    following = pool.add(route)
    if target.secure:
        try:
            loop = asyncio.get_running_loop()
            transport = await loop.start_tls(transport, following, trust(), server_hostname=target.host)
        except OSError as error:
            raise unreached(peer, error) from None
        if transport is None:
            raise refused_by_proxy(peer)
    else:
        transport.set_protocol(following)
    following.connection_made(transport)
    # Nobody else tells it.
    connection.connection_lost(None)
    return following


@cache
def trust() -> ssl.SSLContext:
    """Whom this machine trusts; SSL_CERT_FILE and SSL_CERT_DIR are obeyed. Made when it is first needed."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
