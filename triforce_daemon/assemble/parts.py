"""Builds every part once, and hands each what it needs."""

from collections.abc import Callable

from triforce_daemon.assemble.audit import auditing
from triforce_daemon.assemble.chains import chain_records
from triforce_daemon.assemble.conversations import conversations
from triforce_daemon.assemble.door import door
from triforce_daemon.assemble.ground import Ground
from triforce_daemon.assemble.kept import kept
from triforce_daemon.assemble.keys import keys
from triforce_daemon.assemble.limits import limits
from triforce_daemon.assemble.logs import logs
from triforce_daemon.assemble.mcp_mounts import Mounted, mounted
from triforce_daemon.assemble.models import models
from triforce_daemon.assemble.people import people
from triforce_daemon.assemble.reloading import reloading
from triforce_daemon.assemble.routing import router
from triforce_daemon.assemble.tools import Toolbox, toolbox, tools
from triforce_daemon.assemble.work import work
from triforce_daemon.assemble.world import doctor
from triforce_daemon.routes.parts import Parts
from triforce_daemon.services.ledger import Ledger
from triforce_daemon.services.limits import LimitDesk
from triforce_daemon.services.model_why import ModelWhy
from triforce_daemon.services.provider_tests import ProviderTests
from triforce_daemon.services.providers import ProviderDesk
from triforce_daemon.services.questions import Questions
from triforce_daemon.services.quota import Quota
from triforce_daemon.services.routing.reuse import Reuse
from triforce_daemon.services.settings_desk import SettingsDesk
from triforce_daemon.services.status import Manager, Place, StatusPage
from triforce_daemon.wire.status import Health


async def build_parts(ground: Ground, managed_by: Manager) -> Parts:
    """Everything that the routes need."""
    settings, clock = ground.settings, ground.clock
    audited = await auditing(ground)
    folk = await people(ground, audited)
    ledger = Ledger(ground.database, audited.trail, clock, folk.users.called, folk.users.account_of)
    await ground.world.keys.load()
    known = await models(ground)
    limiter = await limits(ground, folk.users)
    limited = LimitDesk(limiter, folk.users, clock)
    quota = Quota(limiter, known.prices)
    routing = router(ground, known, ledger, quota)
    held = await keys(ground, known)
    desk = SettingsDesk(ground.configuration, ground.environ)
    reuse = Reuse(ground.tasks, ledger, quota, clock, settings.routing.cache_bytes)
    box = toolbox(ground, audited.trail)
    servers = mounted(ground, box.catalog)
    sessions, turns, stored = await conversations(ground, known.registry, routing, box)
    reload = reloading(ground, desk, known, routing, reuse, folk.tiers, limiter, stored, servers.mounts)
    offered = ProviderDesk(known.registry, known.health, desk, reload)
    done = await work(ground, audited.trail, folk.presence)
    parts = (
        *(clock, ground.lifecycle, ground.tasks, ledger),
        *(limiter, limited, audited.trail, audited.keeper, audited.refusals),
        *(known.registry, known.refresh, known.health, ModelWhy(known.registry)),
        *(routing, reuse, Questions(routing)),
        *(sessions, turns, stored, await chain_records(ground)),
        *(*kept(ground, done.files, folk.receipts, audited.trail), *logs(ground, audited.trail.names)),
        *(held.desk, held.tests, held.history),
        *(offered, ProviderTests(offered, known.registry, known.refresh, routing, known.health, clock)),
        StatusPage(
            *(_place(ground, managed_by), ground.lifecycle, known.registry, ledger, held.desk),
            *(settings.daemon.drain_seconds, _ills(ground, limited.ills, done.shell.ills, servers.mounts.ills)),
        ),
        *(desk, reload, *done.parts),
        *(*folk.parts, door(ground, folk.credentials)),
        doctor(ground.configuration, ground.places, ground.environ, ground.database, ground.world),
    )
    return _with_tools(ground, box, servers, (*parts, *servers.parts))


def _with_tools(ground: Ground, box: Toolbox, servers: Mounted, parts: tuple[object, ...]) -> Parts:
    called = tools(ground, box, parts)
    lane, desk = called.mcp(ground, servers.mounts)

    def changed() -> None:
        called.desk.forget_index()
        desk.changed()

    servers.begin(ground, called.shelf, changed)
    return Parts(*parts, *called.parts, lane, desk, max_body_bytes=ground.settings.daemon.max_body_bytes)


def _ills(ground: Ground, *of: Callable[[], list[Health]]) -> Callable[[], list[Health]]:
    return lambda: [*ground.network.health(), *(line for ills in of for line in ills())]


def _place(ground: Ground, managed_by: Manager) -> Place:
    configuration, places = ground.configuration, ground.places
    file = configuration.file if configuration.file_exists else None
    return Place(places.socket, ground.database.name, file, managed_by, ground.clock.now_ms(), ground.network.urls)
