"""What reaches the world: the providers with their keys, what carries requests to them, what confines programs."""

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from triforce_daemon.assemble.places import Places
from triforce_daemon.assemble.redis import redis_probe
from triforce_daemon.children.embedder import Embedder
from triforce_daemon.children.os_keyring import OsKeyring
from triforce_daemon.children.sandbox import Sandbox
from triforce_daemon.configuration.sources import Configuration
from triforce_daemon.dialects.all import by_name
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.builtin.provider import Builtin
from triforce_daemon.providers.catalog import Row, rows
from triforce_daemon.providers.key_ring import KeyRing
from triforce_daemon.providers.provider import Provider
from triforce_daemon.providers.remote import Remote
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.redaction import Redactor
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.doctor import Doctor
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class World:
    """Kept together because it is closed together."""

    tasks: Tasks
    outbound: Outbound
    providers: list[Provider]
    keys: KeyRing
    sandbox: Sandbox
    embedder: Embedder
    #: What has to end before anything else does.
    closing: list[Callable[[], Awaitable[None]]] = field(default_factory=list[Callable[[], Awaitable[None]]])

    def remote(self, row: Row) -> Remote:
        """A provider that is reached over the network."""
        return Remote(row, self.keys.credentials, by_name(), self.outbound, self.keys.used)

    async def close(self) -> None:
        for close in self.closing:
            await close()
        for provider in self.providers:
            await provider.close()
        await self.embedder.close()
        await self.tasks.stop()
        await self.outbound.close()


def world(configuration: Configuration, places: Places, environ: Mapping[str, str], redactor: Redactor) -> World:
    """The providers and what they need; nothing is started or connected yet."""
    tasks = Tasks()
    outbound = Outbound(environ)
    providers: list[Provider] = []
    if configuration.settings.builtin.enabled:
        providers.append(
            Builtin(
                configuration.settings.builtin,
                models_folder=places.models,
                run_folder=places.run,
                outbound=outbound,
                tasks=tasks,
                environ=environ,
                keep_secret=redactor.add,
            )
        )
    keys = key_ring(configuration, places, environ, tasks, redactor)
    embedder = Embedder(environ, tasks, enabled=configuration.settings.memory.embeddings)
    made = World(tasks, outbound, providers, keys, Sandbox(tasks, places.hidden), embedder)
    providers += map(made.remote, rows(configuration.settings.providers, environ))
    return made


def key_ring(
    configuration: Configuration, places: Places, environ: Mapping[str, str], tasks: Tasks, redactor: Redactor
) -> KeyRing:
    """The keys of all providers, not yet loaded."""
    settings, credentials = configuration.settings, environ.get("CREDENTIALS_DIRECTORY")
    vault = Vault(places.vault, settings.vault.store, OsKeyring(environ, tasks), credentials)
    names = {row.name: row.environment for row in rows(settings.providers, environ)}
    return KeyRing(vault, names, environ, credentials, redactor.add, Clock())


def doctor(
    configuration: Configuration, places: Places, environ: Mapping[str, str], database: Database, world: World
) -> Doctor:
    file, folder, vault = configuration.file, os.path.dirname(places.database), world.keys.vault
    redis = redis_probe(configuration.settings.redis, world.tasks)
    return Doctor(file, dict(environ), database, folder, world.providers, vault, world.sandbox, redis)
