"""Builds every part once, hands each what it needs, runs them, and takes them apart again."""

import asyncio
import gc
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from triforce_daemon.access.host_check import HostCheck
from triforce_daemon.access.identification import Identification
from triforce_daemon.access.tokens import Tokens
from triforce_daemon.children.os_keyring import OsKeyring
from triforce_daemon.configuration import edit
from triforce_daemon.configuration.sources import Configuration
from triforce_daemon.dialects.all import by_name
from triforce_daemon.listeners.ears import ears
from triforce_daemon.listeners.serving import Listening
from triforce_daemon.listeners.tcp_port import HttpListener
from triforce_daemon.listeners.unix_socket import SocketListener
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.breaker import Limits
from triforce_daemon.providers.builtin.provider import Builtin
from triforce_daemon.providers.catalog import rows
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.health import Health
from triforce_daemon.providers.key_ring import KeyRing
from triforce_daemon.providers.provider import Provider
from triforce_daemon.providers.remote import Remote
from triforce_daemon.providers.upstream import Upstream
from triforce_daemon.routes import app
from triforce_daemon.routes.parts import Parts
from triforce_daemon.runtime import logs
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.runtime.redaction import Redactor
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.aliases import Aliases
from triforce_daemon.services.chat_router import ChatRouter
from triforce_daemon.services.doctor import Doctor
from triforce_daemon.services.key_history import KeyHistory
from triforce_daemon.services.key_tests import KeyTests
from triforce_daemon.services.keys import KeyDesk
from triforce_daemon.services.ledger import Ledger
from triforce_daemon.services.model_lists import ModelLists
from triforce_daemon.services.model_refresh import ModelRefresh
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.model_why import ModelWhy
from triforce_daemon.services.prices import Prices
from triforce_daemon.services.provider_tests import ProviderTests
from triforce_daemon.services.providers import ProviderDesk
from triforce_daemon.services.questions import Questions
from triforce_daemon.services.responses import StoredResponses
from triforce_daemon.services.routing.attempts import Attempts
from triforce_daemon.services.routing.budget import Budget
from triforce_daemon.services.routing.choice import Choice
from triforce_daemon.services.routing.hedging import Hedging
from triforce_daemon.services.routing.reuse import Reuse
from triforce_daemon.services.sessions import Sessions
from triforce_daemon.services.settings_desk import SettingsDesk
from triforce_daemon.services.status import Manager, Place, StatusPage
from triforce_daemon.services.tokens import TokenDesk
from triforce_daemon.services.turn_records import TurnRecords
from triforce_daemon.services.turns import Turns
from triforce_daemon.settings import Http, Routing, Settings
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.keys import KeyHistoryStore
from triforce_daemon.stores.model_lists import ModelListStore
from triforce_daemon.stores.responses import ResponseStore
from triforce_daemon.stores.sessions import SessionStore
from triforce_daemon.stores.tokens import TokenStore
from triforce_daemon.stores.vault.vault import Vault
from triforce_daemon.wire import paths
from triforce_daemon.wire.models import AliasChange

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Places:
    """Where this daemon's files are."""

    socket: str
    database: str
    models: str
    run: str
    vault: str

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
            vault=os.path.join(paths.state_folder(environ), "vault"),
        )


@dataclass(frozen=True, slots=True)
class Outside:
    """What reaches the world: kept together because it is closed together."""

    tasks: Tasks
    outbound: Outbound
    providers: list[Provider]
    keys: KeyRing

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
    keys = key_ring(configuration, places, environ, tasks, redactor)
    wanted, dialects = rows(configuration.settings.providers, environ), by_name()
    providers += [Remote(row, keys.credentials, dialects, outbound, keys.used) for row in wanted]
    return Outside(tasks, outbound, providers, keys)


def key_ring(
    configuration: Configuration, places: Places, environ: Mapping[str, str], tasks: Tasks, redactor: Redactor
) -> KeyRing:
    """The keys of all providers, not yet loaded."""
    settings, credentials = configuration.settings, environ.get("CREDENTIALS_DIRECTORY")
    vault = Vault(places.vault, settings.vault.store, OsKeyring(environ, tasks), credentials)
    names = {row.name: row.environment for row in rows(settings.providers, environ)}
    return KeyRing(vault, names, environ, credentials, redactor.add, Clock())


def doctor(configuration: Configuration, places: Places, environ: Mapping[str, str], parts: Outside) -> Doctor:
    return Doctor(configuration.file, dict(environ), places.database, parts.providers, parts.keys.vault)


async def run(configuration: Configuration, environ: Mapping[str, str], managed_by: Manager) -> None:
    """The daemon, from start to end. Raises ConfigurationInvalid and StorageFailed before it is ready."""
    settings = configuration.settings
    redactor = Redactor()
    logs.configure(settings.log, redactor)
    places = Places.of(configuration, environ)
    http = HttpListener(settings.http.host, settings.http.port) if settings.http.enabled else None
    with ears(SocketListener(places.socket), http) as taken:
        database = Database(places.database, settings.database.durability, settings.database.busy_seconds)
        database.open()
        world = outside(configuration, places, environ, redactor)
        lifecycle = Lifecycle()
        parts = await build_parts(configuration, environ, places, managed_by, database, world, lifecycle, http)
        served = app.build(parts, parts.get(Clock))
        # What is built now lives as long as the daemon: the collector need not look at it again.
        gc.freeze()
        try:
            listening = Listening(served, taken, lifecycle, settings.daemon.drain_seconds)
            where = {"socket": places.socket, "http": http.url if http else None, "pid": os.getpid()}
            await listening.serve(lambda: log.info("ready", extra=where))
        finally:
            await world.close()
            await parts.get(Tokens).close()
            await parts.get(KeyHistory).close()
            await database.close()
            log.info("stopped")


async def build_parts(
    configuration: Configuration,
    environ: Mapping[str, str],
    places: Places,
    managed_by: Manager,
    database: Database,
    world: Outside,
    lifecycle: Lifecycle,
    http: HttpListener | None = None,
) -> Parts:
    """Everything that the routes need; the database is open."""
    settings, clock = configuration.settings, Clock()
    ledger, prices = Ledger(database, clock), Prices(world.tasks)
    health = Health(clock, _limits(settings.routing))
    await world.keys.load()
    registry, refresh = await _models(configuration, database, world, health, prices, clock)
    router = _router(settings, registry, world, ledger, health, prices, clock)
    desk, *keys = await _keys(database, world, health, refresh, clock)
    providers = ProviderDesk(registry, refresh, health, configuration, environ)
    place = _place(configuration, places, managed_by, clock, http)
    return Parts(
        clock,
        lifecycle,
        world.tasks,
        ledger,
        registry,
        refresh,
        ModelWhy(registry),
        health,
        router,
        Reuse(world.tasks, ledger, clock, settings.routing.cache_bytes),
        Questions(router),
        *await _conversations(settings, database, world, registry, router, lifecycle, clock),
        StatusPage(place, lifecycle, registry, ledger, desk, settings.daemon.drain_seconds),
        *(desk, *keys),
        *(providers, ProviderTests(providers, registry, refresh, router, health, clock)),
        SettingsDesk(configuration, environ),
        *await _door(database, clock, world.tasks, http, settings.http),
        doctor(configuration, places, environ, world),
        max_body_bytes=settings.daemon.max_body_bytes,
    )


def _place(
    configuration: Configuration, places: Places, managed_by: Manager, clock: Clock, http: HttpListener | None
) -> Place:
    config_file = configuration.file if configuration.file_exists else None
    listen = (http.url,) if http else ()
    return Place(places.socket, places.database, config_file, managed_by, clock.now_ms(), listen)


async def _conversations(
    settings: Settings,
    database: Database,
    world: Outside,
    registry: ModelRegistry,
    router: ChatRouter,
    lifecycle: Lifecycle,
    clock: Clock,
) -> Sequence[object]:
    """What keeps conversations: those of sessions, and those of the Responses API."""
    store = SessionStore(database)
    sessions = Sessions(database, store, registry, clock)
    await sessions.recover()
    records = TurnRecords(database, store, sessions, registry, clock)
    stored = StoredResponses(ResponseStore(database), clock, settings.responses.keep_days)
    world.tasks.start(stored.forget_old(), "old responses")
    return sessions, Turns(records, router, lifecycle, clock), stored


async def _models(
    configuration: Configuration, database: Database, world: Outside, health: Health, prices: Prices, clock: Clock
) -> tuple[ModelRegistry, ModelRefresh]:
    """What knows the models, and what keeps their lists fresh; it has begun to."""
    lists = ModelLists(world.providers, ModelListStore(database), world.tasks, clock)
    await lists.load()

    def keep_default(model: str) -> None:
        edit.put(configuration.file, "chat.default_model", model)

    def keep_alias(name: str, alias: AliasChange | None) -> None:
        if alias is None:
            edit.remove(configuration.file, f"aliases.{name}")
        else:
            edit.put_table(configuration.file, ("aliases", name), alias)

    registry = ModelRegistry(
        world.providers,
        lists,
        Aliases(configuration.settings.aliases, keep_alias),
        prices,
        clock,
        default=configuration.settings.chat.default_model,
        keep_default=keep_default,
        observed=lambda provider, model: health.condition(provider.name, model, provider.credentials()),
    )
    refresh = ModelRefresh(world.providers, lists, world.tasks, clock, Random().random)
    refresh.start()
    return registry, refresh


async def _keys(
    database: Database, world: Outside, health: Health, refresh: ModelRefresh, clock: Clock
) -> tuple[KeyDesk, KeyTests, KeyHistory]:
    """The providers' keys, as their owner deals with them; a new key is followed by a look at the models."""
    world.keys.on_change(refresh.soon)
    history = KeyHistory(KeyHistoryStore(database), world.keys, clock)
    await history.load()
    world.tasks.start(history.keep(), "key use")
    desk = KeyDesk(world.keys, history, health)
    remotes = {provider.name: provider for provider in world.providers if isinstance(provider, Remote)}

    async def probe(provider: str, credential: Credential) -> Condition:
        return await remotes[provider].probe(credential)

    return desk, KeyTests(desk, world.keys, history, probe, clock), history


def _limits(settings: Routing) -> Limits:
    return Limits(settings.breaker_failures, settings.breaker_window_seconds, settings.breaker_open_seconds)


def _router(
    settings: Settings,
    registry: ModelRegistry,
    world: Outside,
    ledger: Ledger,
    health: Health,
    prices: Prices,
    clock: Clock,
) -> ChatRouter:
    random, routing = Random(), settings.routing
    attempts = Attempts(health, Budget(routing.retry_budget), routing, clock, random)
    hedging = Hedging(attempts, health, Budget(routing.hedge_budget), world.tasks, clock) if routing.hedge else None
    upstream = Upstream(world.outbound, settings.upstream, clock)
    choice = Choice(health, random)
    return ChatRouter(registry, upstream, by_name(), ledger, health, choice, attempts, hedging, prices, clock)


async def _door(
    database: Database, clock: Clock, tasks: Tasks, http: HttpListener | None, settings: Http
) -> Sequence[object]:
    """Who is known by a token, and what is checked of programs that come by TCP."""
    tokens = Tokens(TokenStore(database), clock)
    await tokens.load()
    tasks.start(tokens.keep_last_used(), "token use")
    host_check = HostCheck(http.host, http.port, settings.hosts, settings.origins) if http else None
    return tokens, TokenDesk(tokens, clock), Identification(tokens, host_check)


def start(configuration: Configuration, environ: Mapping[str, str], managed_by: Manager) -> None:
    """Run the daemon on an event loop of its own; returns when it has ended."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(configuration, environ, managed_by))
