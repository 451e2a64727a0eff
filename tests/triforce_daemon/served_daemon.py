"""The daemon's own app on a real Unix socket, in the test's loop, with a played provider behind it."""

import asyncio
import contextlib
import functools
import json
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import aiohttp

from tests.scriptable_upstream.script import Script, Text, Usage
from tests.scriptable_upstream.server import serve as serve_upstream
from tests.scriptable_upstream.upstream import Upstream
from tests.triforce_daemon.played_provider import PlayedProvider, scripted
from triforce_daemon.access.rate_limiter import RateLimiter
from triforce_daemon.assemble.ground import Ground
from triforce_daemon.assemble.parts import build_parts
from triforce_daemon.assemble.places import Places
from triforce_daemon.assemble.storage import storage
from triforce_daemon.assemble.world import World, key_ring
from triforce_daemon.children.embedder import Embedder
from triforce_daemon.children.sandbox import Sandbox
from triforce_daemon.configuration import sources
from triforce_daemon.listeners.ears import Port, ears
from triforce_daemon.listeners.network import Network
from triforce_daemon.listeners.serving import Listening
from triforce_daemon.listeners.tcp_port import TcpPort
from triforce_daemon.listeners.unix_socket import SocketListener
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.key_ring import KeyRing
from triforce_daemon.providers.provider import Provider
from triforce_daemon.routes import app
from triforce_daemon.routes.parts import Parts
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.runtime.redaction import Redactor
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.sqlite import schema

#: What the scripted provider answers where the test says nothing else.
HELLO = Script((Text(("Hello", " there")),), usage=Usage(3, 2))


#: Everybody's, unless a test says otherwise.
PASSWORD = "correct horse battery staple"


@dataclass
class ServedDaemon:
    upstream: Upstream
    provider: PlayedProvider
    database: Database
    lifecycle: Lifecycle
    parts: Parts
    client: aiohttp.ClientSession
    environ: dict[str, str]
    places: Places
    keys: KeyRing
    network: Network
    served: asyncio.Task[None] = field(repr=False)

    @property
    def http(self) -> TcpPort:
        assert self.network.http is not None
        return self.network.http.place

    async def get(self, path: str, **query: object) -> tuple[int, dict]:
        return await self.call("GET", path, params=query)

    async def post(self, path: str, body: object = None) -> tuple[int, dict]:
        return await self.call("POST", path, json=body)

    async def call(self, method: str, path: str, **options: object) -> tuple[int, dict]:
        async with self.client.request(method, "http://triforced" + path, **options) as reply:
            return reply.status, await reply.json()

    async def over_http(self, method: str, path: str, token: str | None = None, **options: Any) -> tuple[int, dict]:
        """Ask by TCP, with a token."""
        async with self.http_client(token) as client, client.request(method, path, **options) as reply:
            return reply.status, await reply.json()

    def http_client(self, token: str | None = None) -> aiohttp.ClientSession:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return aiohttp.ClientSession(self.http.url, headers=headers)

    async def token(self, *scopes: str, name: str = "test", **more: object) -> str:
        """A new token."""
        status, made = await self.post("/v1/tokens", {"name": name, "scopes": list(scopes), **more})
        assert status == 200, made
        return made["token"]

    async def user(self, name: str = "anna", **more: object) -> dict:
        """A new account that has logged in; what a log-in answers."""
        status, made = await self.post("/v1/users", {"name": name, "password": PASSWORD, **more})
        assert status == 200, made
        return await self.log_in(name)

    async def log_in(self, name: str = "anna", password: str = "") -> dict:
        known = {"name": name, "password": password or PASSWORD}
        status, reply = await self.over_http("POST", "/v1/client/login", json=known)
        assert status == 200, reply
        return reply

    async def turn(self, text: str = "hi", session: str = "new", **more: object) -> list[dict]:
        """The events of one turn."""
        body = {"input": text, **more}
        async with self.client.post(f"http://triforced/v1/sessions/{session}/turns", json=body) as reply:
            assert reply.headers["content-type"].startswith("text/event-stream"), await reply.text()
            return events_of(await reply.text())


def events_of(text: str) -> list[dict]:
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]


def named_ports(network: Network) -> dict[str, Port]:
    return {name: port for name, port in (("http", network.http), ("https", network.https)) if port is not None}


@asynccontextmanager
async def serve(
    folder: str,
    others: Callable[[Outbound], Sequence[Provider]] = lambda _: (),
    upstream: Upstream | None = None,
    limits: Mapping[str, float] = MappingProxyType({}),
    **flags: str,
) -> AsyncIterator[ServedDaemon]:
    """`others`: providers beside the scripted one; `limits`: other ones for the ports;
    `flags`: settings by key with `__` for the dot.

    `upstream`: one that runs, to play the scripted provider as well; else the daemon brings its own.
    """
    environ = {"HOME": folder}
    # The model that finds by meaning takes half a second to load; who wants it says so.
    named = {"http.enabled": "true", "http.port": "0", "memory.embeddings": "false"}
    named |= {name.replace("__", "."): value for name, value in flags.items()}
    configuration = sources.load(os.path.join(folder, "config.toml"), environ, named)
    places = Places.of(configuration, environ)
    # Held as long as all else: what is below closes its connections before the places are given back.
    held = contextlib.ExitStack()
    network = Network.of(configuration.settings, places.tls, {})
    bounded = {
        name: replace(port, limits=replace(port.limits, **limits)) for name, port in named_ports(network).items()
    }
    network = replace(network, **bounded)
    taken = held.enter_context(ears(SocketListener(places.socket), *network.ports))
    if not configuration.settings.database.url and not os.path.exists(places.database):
        with open(places.database, "xb") as file:
            file.write(fresh_database())
    database = storage(configuration.settings, places, lambda _: None)
    await database.open()
    async with serve_upstream() if upstream is None else contextlib.nullcontext(upstream) as upstream:
        provider = scripted(upstream.base_url("compatible"))
        for name in provider.names:
            upstream.script(provider.prefix + name, HELLO)
        outbound = Outbound(environ)
        tasks = Tasks()
        keys = key_ring(configuration, places, environ, tasks, Redactor())
        embedder = Embedder(os.environ, tasks, enabled=configuration.settings.memory.embeddings)
        world = World(tasks, outbound, [provider, *others(outbound)], keys, Sandbox(tasks, places.hidden), embedder)
        lifecycle = Lifecycle()
        ground = Ground(configuration, environ, places, database, world, lifecycle, network)
        try:
            parts = await build_parts(ground, "shell")
        except BaseException:
            await world.close()
            await database.close()
            held.close()
            raise
        listening = Listening(
            app.build(parts, ground.clock), taken, lifecycle, configuration.settings.daemon.drain_seconds
        )
        served = asyncio.create_task(listening.serve(lambda: None))
        try:
            async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(places.socket)) as client:
                yield ServedDaemon(
                    upstream, provider, database, lifecycle, parts, client, environ, places, keys, network, served
                )
        finally:
            lifecycle.request_stop()
            await asyncio.wait_for(served, 10)
            await parts.get(RateLimiter).close()
            await world.close()
            await database.close()
            held.close()


@functools.cache
def fresh_database() -> bytes:
    """The file of a database that holds nothing yet: to bring one to today's tables takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "triforce.db")
        schema.prepare(path, 5)
        with open(path, "rb") as file:
            return file.read()
