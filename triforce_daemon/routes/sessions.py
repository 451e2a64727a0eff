"""Conversations that the daemon keeps, and the turns that are added to them."""

from typing import Annotated

import orjson
from fastapi import Depends, Query

from triforce_daemon.errors import Forbidden
from triforce_daemon.routes.checked_body import checked
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import INFERENCE, SESSIONS
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.sessions import Sessions
from triforce_daemon.services.turns import Turns
from triforce_daemon.wire.constants import NEW_SESSION
from triforce_daemon.wire.sessions import (
    Fork,
    ImportRequest,
    Pruned,
    PruneRequest,
    SearchResult,
    Session,
    SessionChange,
    SessionDetail,
    SessionList,
    TurnRequest,
)

routes = Routes()

Kept = Annotated[Sessions, Depends(Needs(Sessions))]
Limit = Annotated[int, Query(ge=1, le=1_000)]


@routes.get("/v1/sessions", policy=SESSIONS)
async def list_sessions(
    sessions: Kept,
    caller: Who,
    limit: Limit = 50,
    since: str | None = None,
    model: str | None = None,
    after: str | None = None,
) -> SessionList:
    """The caller's sessions, newest first."""
    return await sessions.page(caller, limit, since, model, after)


@routes.get("/v1/sessions/search", policy=SESSIONS)
async def search_sessions(sessions: Kept, caller: Who, query: str, limit: Limit = 50) -> SearchResult:
    """Turns that hold all the words of `query`."""
    return await sessions.search(caller, query, limit)


@routes.post("/v1/sessions/import", policy=SESSIONS)
async def import_sessions(request: ImportRequest, sessions: Kept, caller: Who) -> SessionList:
    """Add exported sessions, under new ids."""
    return await sessions.bring_in(caller, request["sessions"])


@routes.post("/v1/sessions/prune", policy=SESSIONS)
async def prune_sessions(request: PruneRequest, sessions: Kept, caller: Who) -> Pruned:
    """Delete sessions that were not used for a while."""
    return await sessions.prune(caller, request["older_than_seconds"], request.get("dry_run", False))


@routes.get("/v1/sessions/{session}", policy=SESSIONS)
async def show_session(session: str, sessions: Kept, caller: Who) -> SessionDetail:
    """One session with its turns; a unique prefix of the id is enough."""
    return await sessions.show(caller, session)


@routes.patch("/v1/sessions/{session}", policy=SESSIONS)
async def change_session(session: str, change: SessionChange, sessions: Kept, caller: Who) -> SessionDetail:
    """Set title, system prompt or model."""
    return await sessions.change(caller, session, change)


@routes.delete("/v1/sessions/{session}", policy=SESSIONS)
async def delete_session(session: str, sessions: Kept, caller: Who) -> Session:
    return await sessions.delete(caller, session)


@routes.post("/v1/sessions/{session}/fork", policy=SESSIONS)
async def fork_session(session: str, fork: Fork, sessions: Kept, caller: Who) -> SessionDetail:
    """A copy that goes its own way."""
    return await sessions.fork(caller, session, fork)


@routes.direct("POST", "/v1/sessions/{session}/turns", policy=INFERENCE)
async def take_turn(exchange: Exchange) -> None:
    """Say something; the answer is an event stream. With `dry_run`: where it would go, and nothing is said.

    Who may ask models, but keep no conversations, may say something new of which nothing is kept.
    """
    request = checked(TurnRequest, await exchange.json())
    session = exchange.path["session"]
    if (session != NEW_SESSION or request.get("keep", True)) and not exchange.caller.may("sessions"):
        raise Forbidden(
            f"{exchange.caller.name} may keep no conversations.",
            "`triforce chat --no-log` keeps nothing. Conversations are for tokens with the scope sessions.",
        )
    if request.get("dry_run"):
        plan = await exchange.part(Turns).plan(exchange.caller, exchange.request_id, session, request)
        await exchange.reply(200, orjson.dumps(plan))
        return
    with exchange.watched():
        async with exchange.events() as outbox:
            await exchange.part(Turns).run(exchange.caller, exchange.request_id, session, request, outbox)
