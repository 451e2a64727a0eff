"""Makes connections: names into addresses, straight or through a proxy, with TLS where it is asked for."""

import asyncio
import socket
import ssl
from functools import cache

import aiohappyeyeballs

from triforce_daemon.outbound.connection import Connection
from triforce_daemon.outbound.faults import Lost, refused_by_proxy, unreached
from triforce_daemon.outbound.pool import Pool, Route
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
        return await _straight(pool, route, target)
    except OSError as error:
        raise unreached(peer, error) from None


async def _unix(pool: Pool, route: Route, path: str) -> Connection:
    _, connection = await asyncio.get_running_loop().create_unix_connection(lambda: pool.add(route), path)
    return connection


async def _straight(pool: Pool, route: Route, target: Target) -> Connection:
    """To the target itself, or to the proxy where that is the target."""
    loop = asyncio.get_running_loop()
    addresses = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    connected = await aiohappyeyeballs.start_connection(  # pyright: ignore[reportUnknownMemberType] - bare tuple
        addresses, happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS
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


async def _through(proxy: Target, pool: Pool, route: Route, target: Target, peer: str) -> Connection:
    try:
        connection = await _straight(pool, route, proxy)
    except OSError:
        raise refused_by_proxy(peer) from None
    if not target.secure:
        return connection
    try:
        return await _tunnel(connection, proxy, pool, route, target, peer)
    except BaseException:
        connection.abort()
        raise


async def _tunnel(
    connection: Connection, proxy: Target, pool: Pool, route: Route, target: Target, peer: str
) -> Connection:
    connection.begin(write_connect(target, proxy), tunnel=True)
    try:
        await connection.head(None)
    except Lost:
        raise refused_by_proxy(peer) from None
    transport = connection.transport
    if not connection.incoming.complete or connection.incoming.status >= 300 or transport is None:
        raise refused_by_proxy(peer)
    safe = pool.add(route)
    try:
        upgraded = await asyncio.get_running_loop().start_tls(transport, safe, trust(), server_hostname=target.host)
    except OSError as error:
        raise unreached(peer, error) from None
    if upgraded is None:
        raise refused_by_proxy(peer)
    safe.connection_made(upgraded)
    return safe


@cache
def trust() -> ssl.SSLContext:
    """Whom this machine trusts; SSL_CERT_FILE and SSL_CERT_DIR are obeyed. Made when it is first needed."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
