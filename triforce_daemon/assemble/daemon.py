"""Runs the daemon: binds, opens, builds, serves, and takes it all apart again."""

import asyncio
import logging
import os
import resource
import signal
from collections.abc import Mapping

from triforce_daemon.access.rate_limiter import RateLimiter
from triforce_daemon.access.tokens import Tokens
from triforce_daemon.assemble.audit import close
from triforce_daemon.assemble.ground import Ground
from triforce_daemon.assemble.parts import build_parts
from triforce_daemon.assemble.places import Places
from triforce_daemon.assemble.secrets import refuse_known
from triforce_daemon.assemble.storage import storage
from triforce_daemon.assemble.world import world
from triforce_daemon.configuration.sources import Configuration
from triforce_daemon.listeners.ears import ears
from triforce_daemon.listeners.inherited import inherited
from triforce_daemon.listeners.network import Network
from triforce_daemon.listeners.serving import Listening
from triforce_daemon.listeners.unix_socket import SocketListener
from triforce_daemon.routes import app
from triforce_daemon.runtime import collector, logs
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.runtime.recent_lines import RecentLines
from triforce_daemon.runtime.redaction import Redactor
from triforce_daemon.runtime.sd_notify import SdNotify
from triforce_daemon.services.key_history import KeyHistory
from triforce_daemon.services.reload import Reload
from triforce_daemon.services.status import Manager
from triforce_daemon.settings import Settings
from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.wire.constants import VERSION

log = logging.getLogger(__name__)

#: For two listeners with 10,000 connections each, and what they ask for.
DESCRIPTORS = 65_536
#: What the end may take beyond the time that open answers get.
END_SECONDS = 15


async def run(configuration: Configuration, environ: Mapping[str, str], managed_by: Manager, dev: bool) -> bool:
    """The daemon, from start to end; whether it wants to be started anew.

    Raises ConfigurationInvalid and StorageFailed before it is ready.
    """
    settings = configuration.settings
    redactor, recent = Redactor(), RecentLines()
    logs.configure(settings.log, redactor, recent)
    places = Places.of(configuration, environ)
    refuse_known(settings, places, environ, dev=dev)
    given = inherited(environ, _listeners(settings))
    network = Network.of(settings, places.tls, given)
    told = SdNotify.of(environ)
    with ears(SocketListener(places.socket, given.get("socket")), *network.ports) as taken:
        database = storage(settings, places, redactor.add)
        await database.open()
        outside = world(configuration, places, environ, redactor)
        ground = Ground(
            *(configuration, environ, places, database, outside, Lifecycle(), network), redactor=redactor, recent=recent
        )
        parts = await build_parts(ground, managed_by)
        served = app.build(parts, ground.clock)
        collector.look_seldom()
        try:
            _keep_fresh(network, ground, told, parts.get(Reload))
            listening = Listening(served, taken, ground.lifecycle, settings.daemon.drain_seconds)
            where = {"socket": places.socket, "listen": list(network.urls), "pid": os.getpid()}

            def ready() -> None:
                told.ready(_listening(ground))
                log.info("ready", extra=where)

            await parts.get(Trail).record("daemon", {"what": "started", "version": VERSION}, caller=None)
            await listening.serve(ready, lambda: _ending(told, ground))
        finally:
            await parts.get(RateLimiter).close()
            await outside.close()
            await close(parts)
            await parts.get(Tokens).close()
            await parts.get(KeyHistory).close()
            await database.close()
            log.info("stopped")
        return ground.lifecycle.restarts


def _listeners(settings: Settings) -> set[str]:
    switched = {"http": settings.http.enabled, "https": settings.https.enabled}
    return {"socket", *(name for name, on in switched.items() if on)}


def _listening(ground: Ground) -> str:
    return " ".join(("Listens on", ground.places.socket, *ground.network.urls))


def _ending(told: SdNotify, ground: Ground) -> None:
    words = f"Lets open answers end: {ground.lifecycle.streams}"
    told.stopping(words, ground.settings.daemon.drain_seconds + END_SECONDS)


def _keep_fresh(network: Network, ground: Ground, told: SdNotify, reload: Reload) -> None:
    """The certificate is looked at again and again; it and the configuration at once on SIGHUP."""

    async def look() -> None:
        told.reloading()
        await reload.at_a_signal()
        told.ready(_listening(ground))

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, lambda: ground.tasks.start(look(), "reload"))
    ground.tasks.start(told.keep_alive(), "watchdog")
    if network.certificate is not None:
        ground.tasks.start(network.certificate.watch(), "certificate")


def _take_descriptors() -> None:
    """As many connections as the settings allow need descriptors, of which systems hand out 1,024 unasked."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def start(configuration: Configuration, environ: Mapping[str, str], managed_by: Manager, dev: bool = False) -> bool:
    """Run the daemon on an event loop of its own; returns when it has ended, and whether to start it anew.

    `dev`: whatever its secrets are worth.
    """
    import uvloop

    _take_descriptors()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run(configuration, environ, managed_by, dev))
