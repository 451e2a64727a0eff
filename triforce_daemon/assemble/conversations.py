"""What keeps conversations: those of sessions, and those of the Responses API."""

from triforce_daemon.assemble.ground import Ground
from triforce_daemon.assemble.tools import Toolbox
from triforce_daemon.services.chat_router import ChatRouter
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.responses import StoredResponses
from triforce_daemon.services.sessions import Sessions
from triforce_daemon.services.tool_turns.calling import Calling
from triforce_daemon.services.tool_turns.loop import Loop
from triforce_daemon.services.tool_turns.offer import Offers
from triforce_daemon.services.turn_records import TurnRecords
from triforce_daemon.services.turns import Turns
from triforce_daemon.stores.responses import ResponseStore
from triforce_daemon.stores.sessions import SessionStore


async def conversations(
    ground: Ground, registry: ModelRegistry, router: ChatRouter, box: Toolbox
) -> tuple[Sessions, Turns, StoredResponses]:
    """What a crash had left open is closed; what is too old begins to be forgotten."""
    database, clock = ground.database, ground.clock
    store = SessionStore(database)
    sessions = Sessions(database, store, registry, clock)
    await sessions.recover()
    if database.fleet is not None:
        ground.tasks.start(sessions.keep_recovering(), "turns of others")
    records = TurnRecords(database, store, sessions, registry, clock)
    stored = StoredResponses(ResponseStore(database), clock, ground.settings.responses.keep_days)
    ground.tasks.start(stored.forget_old(), "old responses")
    offers, loop = Offers(box.runner, box.toolsets), Loop(router, Calling(box.runner))
    return sessions, Turns(records, offers, loop, ground.lifecycle, clock), stored
