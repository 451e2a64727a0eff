"""The daemon's own app on a real Unix socket, in the test's loop, with a scripted provider behind it."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from tests.triforce_daemon.scripted_provider import ScriptedProvider
from tests.triforce_daemon.scripted_upstream import ScriptedUpstream
from triforce_daemon import assemble
from triforce_daemon.configuration import sources
from triforce_daemon.listeners import Listening, SocketListener
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.routes import app
from triforce_daemon.routes.parts import Parts
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.database import Database


@dataclass
class ServedDaemon:
    upstream: ScriptedUpstream
    provider: ScriptedProvider
    database: Database
    lifecycle: Lifecycle
    parts: Parts
    client: aiohttp.ClientSession
    environ: dict[str, str]
    places: assemble.Places
    served: asyncio.Task[None] = field(repr=False)

    async def get(self, path: str, **query: object) -> tuple[int, dict]:
        return await self.call("GET", path, params=query)

    async def post(self, path: str, body: object = None) -> tuple[int, dict]:
        return await self.call("POST", path, json=body)

    async def call(self, method: str, path: str, **options: object) -> tuple[int, dict]:
        async with self.client.request(method, "http://triforced" + path, **options) as reply:
            return reply.status, await reply.json()

    async def turn(self, text: str = "hi", session: str = "new", **more: object) -> list[dict]:
        """The events of one turn."""
        body = {"input": text, **more}
        async with self.client.post(f"http://triforced/v1/sessions/{session}/turns", json=body) as reply:
            assert reply.headers["content-type"].startswith("text/event-stream"), await reply.text()
            return events_of(await reply.text())


def events_of(text: str) -> list[dict]:
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]


@asynccontextmanager
async def serve(folder: str, **flags: str) -> AsyncIterator[ServedDaemon]:
    """`flags`: settings by key with `__` for the dot."""
    environ = {"HOME": folder}
    named = {name.replace("__", "."): value for name, value in flags.items()}
    configuration = sources.load(os.path.join(folder, "config.toml"), environ, named)
    places = assemble.Places.of(configuration, environ)
    listener = SocketListener(places.socket)
    bound = listener.bind()
    database = Database(places.database, "normal", 5)
    database.open()
    async with ScriptedUpstream().serve() as upstream:
        provider = ScriptedProvider(upstream.url)
        world = assemble.Outside(Tasks(), Outbound(environ), [provider])
        lifecycle = Lifecycle()
        parts = await assemble.build_parts(configuration, environ, places, "shell", database, world, lifecycle)
        listening = Listening(app.build(parts, Clock()), bound, lifecycle, configuration.settings.daemon.drain_seconds)
        served = asyncio.create_task(listening.serve(lambda: None))
        try:
            async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(places.socket)) as client:
                yield ServedDaemon(upstream, provider, database, lifecycle, parts, client, environ, places, served)
        finally:
            lifecycle.request_stop()
            await asyncio.wait_for(served, 10)
            await world.close()
            await database.close()
            bound.close()
            listener.release()
