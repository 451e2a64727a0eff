"""Builds every part once, hands each what it needs, runs them, and takes them apart again."""

import asyncio
import gc
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass

from triforce_daemon.configuration import edit
from triforce_daemon.configuration.sources import Configuration
from triforce_daemon.dialects.all import by_name
from triforce_daemon.listeners import Listening, SocketListener
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.builtin.provider import Builtin
from triforce_daemon.providers.provider import Provider
from triforce_daemon.providers.upstream import Upstream
from triforce_daemon.routes import app
from triforce_daemon.routes.parts import Parts
from triforce_daemon.runtime import logs
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.runtime.redaction import Redactor
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.chat_router import ChatRouter
from triforce_daemon.services.doctor import Doctor
from triforce_daemon.services.ledger import Ledger
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.sessions import Sessions
from triforce_daemon.services.settings_desk import SettingsDesk
from triforce_daemon.services.status import Manager, Place, StatusPage
from triforce_daemon.services.turn_records import TurnRecords
from triforce_daemon.services.turns import Turns
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.sessions import SessionStore
from triforce_daemon.wire import paths

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Places:
    """Where this daemon's files are."""

    socket: str
    database: str
    models: str
    run: str

    @classmethod
    def of(cls, configuration: Configuration, environ: Mapping[str, str]) -> "Places":
        settings = configuration.settings
        socket = os.path.abspath(settings.daemon.socket or paths.own_socket(environ))
        database = settings.database.path or os.path.join(paths.state_folder(environ), "triforce.db")
        return cls(
            socket=socket,
            database=os.path.abspath(database),
            models=os.path.join(paths.data_folder(environ), "models"),
            run=os.path.dirname(socket),
        )


@dataclass(frozen=True, slots=True)
class Outside:
    """What reaches the world: kept together because it is closed together."""

    tasks: Tasks
    outbound: Outbound
    providers: list[Provider]

    async def close(self) -> None:
        for provider in self.providers:
            await provider.close()
        await self.tasks.stop()
        await self.outbound.close()


def outside(configuration: Configuration, places: Places, environ: Mapping[str, str], redactor: Redactor) -> Outside:
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
    return Outside(tasks, outbound, providers)


def doctor(configuration: Configuration, places: Places, environ: Mapping[str, str], parts: Outside) -> Doctor:
    return Doctor(configuration.file, dict(environ), places.database, parts.providers)


async def run(configuration: Configuration, environ: Mapping[str, str], managed_by: Manager) -> None:
    """The daemon, from start to end. Raises ConfigurationInvalid and StorageFailed before it is ready."""
    settings = configuration.settings
    redactor = Redactor()
    logs.configure(settings.log, redactor)
    places = Places.of(configuration, environ)
    listener = SocketListener(places.socket)
    bound = listener.bind()
    try:
        database = Database(places.database, settings.database.durability, settings.database.busy_seconds)
        database.open()
        world = outside(configuration, places, environ, redactor)
        lifecycle = Lifecycle()
        parts = await build_parts(configuration, environ, places, managed_by, database, world, lifecycle)
        served = app.build(parts, parts.get(Clock))
        # What is built now lives as long as the daemon: the collector need not look at it again.
        gc.freeze()
        try:
            listening = Listening(served, bound, lifecycle, settings.daemon.drain_seconds)
            await listening.serve(lambda: log.info("ready", extra={"socket": places.socket, "pid": os.getpid()}))
        finally:
            await world.close()
            await database.close()
            log.info("stopped")
    finally:
        bound.close()
        listener.release()


async def build_parts(
    configuration: Configuration,
    environ: Mapping[str, str],
    places: Places,
    managed_by: Manager,
    database: Database,
    world: Outside,
    lifecycle: Lifecycle,
) -> Parts:
    """Everything that the routes need; the database is open."""
    settings = configuration.settings
    clock = Clock()
    store = SessionStore(database)
    ledger = Ledger(database, clock)

    def keep_default(model: str) -> None:
        edit.put(configuration.file, "chat.default_model", model)

    registry = ModelRegistry(world.providers, settings.chat.default_model, keep_default, clock)
    router = ChatRouter(registry, Upstream(world.outbound, settings.upstream), by_name(), ledger, clock)
    sessions = Sessions(database, store, registry, clock)
    records = TurnRecords(database, store, sessions, registry, clock)
    config_file = configuration.file if configuration.file_exists else None
    place = Place(places.socket, places.database, config_file, managed_by, clock.now_ms())
    await sessions.recover()
    return Parts(
        clock,
        lifecycle,
        world.tasks,
        ledger,
        registry,
        router,
        sessions,
        Turns(records, router, lifecycle, clock),
        StatusPage(place, lifecycle, registry, ledger, settings.daemon.drain_seconds),
        SettingsDesk(configuration, environ),
        doctor(configuration, places, environ, world),
        max_body_bytes=settings.daemon.max_body_bytes,
    )


def start(configuration: Configuration, environ: Mapping[str, str], managed_by: Manager) -> None:
    """Run the daemon on an event loop of its own; returns when it has ended."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(configuration, environ, managed_by))
