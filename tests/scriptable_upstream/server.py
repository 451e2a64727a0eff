"""Serves an upstream in the running loop: on a port of 127.0.0.1, and on a Unix socket."""

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Collection, Mapping

from tests.scriptable_upstream.choices import Given
from tests.scriptable_upstream.serving import Serving
from tests.scriptable_upstream.upstream import Upstream


@contextlib.asynccontextmanager
async def serve(
    upstream: Upstream | None = None,
    *,
    port: int = 0,
    socket: str | None = None,
    plan: Given = None,
    keys: Mapping[str, Collection[str]] | None = None,
) -> AsyncGenerator[Upstream]:
    """Serves on a port of 127.0.0.1, and on a Unix socket too where one is named, in the running loop.

    Raises at its end what went wrong in the server itself.
    """
    upstream = upstream or Upstream()
    if plan is not None:
        upstream.plan(plan)
    for provider, accepted in (keys or {}).items():
        upstream.accept(provider, *accepted)
    serving = Serving(upstream)
    loop = asyncio.get_running_loop()
    listeners = [await loop.create_server(serving.connection, "127.0.0.1", port, backlog=4096)]
    upstream.port = listeners[0].sockets[0].getsockname()[1]
    if socket:
        listeners.append(await loop.create_unix_server(serving.connection, socket, backlog=4096))
        upstream.socket = socket
    try:
        yield upstream
    finally:
        await _close(upstream, listeners)
    if upstream.failures:
        raise upstream.failures[0]


async def _close(upstream: Upstream, listeners: list[asyncio.Server]) -> None:
    for listener in listeners:
        listener.close()
    for connection in list(upstream.connections):
        connection.abort()
    await upstream.until(lambda: not upstream.connections)
    if upstream.socket:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(upstream.socket)
