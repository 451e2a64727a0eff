"""The conversations that the daemon keeps: found, changed, copied, deleted."""

import logging
from collections.abc import Sequence

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import AmbiguousId, InvalidRequest, SessionNotFound, StorageFailed
from triforce_daemon.runtime.clock import Clock, parse_rfc3339
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.sessions import SessionRow, SessionStore, TurnRow
from triforce_daemon.wire.sessions import (
    Fork,
    Pruned,
    SearchResult,
    Session,
    SessionChange,
    SessionDetail,
    SessionList,
    Turn,
)

log = logging.getLogger(__name__)

TITLE_LENGTH = 60
#: So often is looked for turns of daemons that are gone.
RECOVER_SECONDS = 10.0
PAGE = 1_000


class Sessions:
    def __init__(self, database: Database, store: SessionStore, registry: ModelRegistry, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._registry = registry
        self._clock = clock

    async def recover(self) -> None:
        """At start: turns that a crash left open are marked as interrupted."""
        await self._database.write(self._store.interrupt_running(self._clock.now_ms()))

    async def keep_recovering(self) -> None:
        """The same of other daemons' turns, again and again: one of them may crash and not come back."""
        while True:
            await self._clock.sleep(RECOVER_SECONDS)
            try:
                await self.recover()
            except StorageFailed as error:
                log.warning("turns of other daemons were not looked at", extra={"reason": error.message})

    # Reading

    async def page(
        self, caller: Caller, limit: int, since: str | None = None, model: str | None = None, after: str | None = None
    ) -> SessionList:
        """A page of sessions, newest first; `after` is the id that the page before ended with."""
        last = await self.find(caller, after) if after else None
        start = _moment(since) if since else None
        wanted = (await self._registry.resolve(model, caller)).name if model else None
        items = await self._store.page(caller.account, limit=limit + 1, since=start, model=wanted, after=last)
        more = items[limit - 1]["id"] if len(items) > limit else None
        return SessionList(schema="triforce.sessions.list/1", items=items[:limit], next=more)

    async def find(self, caller: Caller, prefix: str) -> Session:
        """The session whose id begins with `prefix`. Raises SessionNotFound, AmbiguousId."""
        ids = await self._store.ids(caller.account, prefix, most=6) if prefix else []
        if len(ids) > 1 and prefix not in ids:
            shown = ", ".join(ids[:5]) + (" …" if len(ids) > 5 else "")
            raise AmbiguousId(f"`{prefix}` fits several sessions: {shown}.", "Write more of the id.", near=ids)
        session = await self._store.get(prefix if prefix in ids else ids[0]) if ids else None
        if session is None:
            raise SessionNotFound(f"There is no session `{prefix}`.", "`triforce sessions list` shows them.")
        return session

    async def show(self, caller: Caller, prefix: str) -> SessionDetail:
        session = await self.find(caller, prefix)
        history = await self._store.turns(session["id"])
        return SessionDetail(**session, schema="triforce.sessions.show/1", history=history)

    async def search(self, caller: Caller, query: str, limit: int) -> SearchResult:
        """Turns that hold all the words of `query`."""
        if not query.strip():
            raise InvalidRequest("There is nothing to search for.", "Give one word or more.")
        items = await self._store.search(caller.account, query, limit)
        return SearchResult(schema="triforce.sessions.search/1", items=items, next=None)

    # Changing

    async def change(self, caller: Caller, prefix: str, change: SessionChange) -> SessionDetail:
        """Set title, system prompt or model."""
        session = await self.find(caller, prefix)
        if "model" in change:
            session["model"] = (await self._registry.resolve(change["model"], caller)).name
        if "title" in change:
            session["title"] = title_of(change["title"])
        if "system" in change:
            session["system"] = change["system"]
        await self._database.write(self._store.change(session))
        return await self.show(caller, session["id"])

    async def delete(self, caller: Caller, prefix: str) -> Session:
        session = await self.find(caller, prefix)
        await self._database.write(self._store.delete(session["id"]))
        return session

    async def prune(self, caller: Caller, older_than_seconds: int, dry_run: bool) -> Pruned:
        """Delete sessions that nobody has used for that long; `dry_run` only names them."""
        before = self._clock.now_ms() - older_than_seconds * 1_000
        found: list[Session] = []
        while page := await self._store.page(
            caller.account, limit=PAGE, before=before, after=found[-1] if found else None
        ):
            found += page
        if not dry_run:
            await self._database.write(*(self._store.delete(session["id"]) for session in found))
        return Pruned(schema="triforce.sessions.prune/1", items=found, deleted=not dry_run)

    async def fork(self, caller: Caller, prefix: str, fork: Fork) -> SessionDetail:
        """A copy that goes its own way, up to and with turn `upto`."""
        source = await self.show(caller, prefix)
        upto = fork.get("upto")
        if upto is not None and upto not in [turn["number"] for turn in source["history"]]:
            raise InvalidRequest(
                f"Session {source['id']} has no turn {upto}.", "`triforce sessions show` numbers them."
            )
        history = [turn for turn in source["history"] if upto is None or turn["number"] <= upto]
        title = title_of(fork.get("title") or source["title"])
        source["title"] = title
        source["history"] = history
        made, writes = self._copy(caller, source, origin="chat")
        await self._database.write(*writes)
        return await self.show(caller, made)

    async def bring_in(self, caller: Caller, documents: Sequence[SessionDetail]) -> SessionList:
        """Add exported sessions under new ids: all of them or, where one is not sound, none."""
        made = [self._copy(caller, document, origin="import") for document in documents]
        await self._database.write(*(write for _, writes in made for write in writes))
        items = [await self.find(caller, session) for session, _ in made]
        return SessionList(schema="triforce.sessions.import/1", items=items, next=None)

    def _copy(self, caller: Caller, document: SessionDetail, origin: str) -> tuple[str, list[Write]]:
        now = self._clock.now_ms()
        session = SessionRow(
            id=session_id(),
            owner=caller.account,
            title=title_of(document["title"]),
            model=document["model"],
            system=document["system"],
            origin=origin,
            cwd=document["cwd"],
            created=now if origin == "chat" else _moment(document["created"]),
            updated=now,
        )
        # Numbered anew: a file that somebody has edited may count as it likes.
        rows = [_turn_row(session["id"], number, turn) for number, turn in enumerate(document["history"], start=1)]
        turns = [self._store.insert_turn(**row) for row in rows]
        return session["id"], [self._store.insert_session(**session), *turns]


def _turn_row(session: str, number: int, turn: Turn) -> TurnRow:
    usage, steps = turn["usage"], turn.get("steps")
    return TurnRow(
        session=session,
        number=number,
        input=turn["input"],
        output=turn["output"],
        state="interrupted" if turn["state"] == "running" else turn["state"],
        model=turn["model"],
        provider=turn["provider"],
        finish_reason=turn["finish_reason"],
        tokens_in=usage["input_tokens"] if usage else None,
        tokens_out=usage["output_tokens"] if usage else None,
        estimated=int(usage["estimated"]) if usage else None,
        cost=None,
        error=orjson.dumps(turn["error"]).decode() if turn["error"] else None,
        request=None,
        created=_moment(turn["created"]),
        finished=_moment(turn["finished"]) if turn["finished"] else None,
        daemon=None,
        steps=orjson.dumps(steps).decode() if steps else None,
    )


def title_of(text: str) -> str:
    """The first words of `text`, on one line."""
    words = " ".join(text.split())
    return words if len(words) <= TITLE_LENGTH else words[: TITLE_LENGTH - 1].rstrip() + "…"


def _moment(text: str) -> int:
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise InvalidRequest(f"`{text}` is no date.", "Write it as 2026-11-23T15:00:00Z.") from None
