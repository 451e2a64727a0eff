"""Sessions and their turns, as rows."""

from collections.abc import Mapping
from typing import Any, TypedDict, cast

import orjson
from sqlalchemy import (
    Select,
    bindparam,
    delete,
    func,
    insert,
    null,
    select,
    tuple_,
    update,
)

from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.selection import begins
from triforce_daemon.stores.tables import sessions, turns
from triforce_daemon.wire.errors import ErrorBody
from triforce_daemon.wire.sessions import SearchHit, Session, Turn
from triforce_daemon.wire.usage import Usage


class SessionRow(TypedDict):
    id: str
    owner: str
    title: str
    model: str
    system: str | None
    origin: str
    cwd: str | None
    created: int
    updated: int


class TurnRow(TypedDict):
    session: str
    number: int
    input: str
    output: str
    state: str
    model: str
    provider: str | None
    finish_reason: str | None
    tokens_in: int | None
    tokens_out: int | None
    estimated: int | None
    cost: str | None
    error: str | None
    request: str | None
    created: int
    finished: int | None
    #: Which of several that share the database answers it.
    daemon: int | None
    #: The tools that were called, as JSON.
    steps: str | None


class SessionStore:
    """Reads return wire types; writes return what `Database.write` takes, so that several go into one commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.insert_session = database.prepared(lambda: insert(sessions))
        self.insert_turn = database.prepared(
            lambda: insert(turns).values({name: bindparam(name) for name in TurnRow.__annotations__})
        )
        at = (turns.c.session == bindparam("at_session")) & (turns.c.number == bindparam("at_number"))
        self._finish = database.prepared(
            lambda: update(turns).where(at).values({name: bindparam(name) for name in _FINISHED})
        )
        self._keep_steps = database.prepared(lambda: update(turns).where(at).values(steps=bindparam("steps")))
        self._delete_turn = database.prepared(lambda: delete(turns).where(at))
        self._touch = database.prepared(
            lambda: update(sessions).where(sessions.c.id == bindparam("at")).values(updated=bindparam("updated"))
        )
        self._change = database.prepared(
            lambda: (
                update(sessions)
                .where(sessions.c.id == bindparam("at"))
                .values(title=bindparam("title"), system=bindparam("system"), model=bindparam("model"))
            )
        )
        self._delete = database.prepared(lambda: delete(sessions).where(sessions.c.id == bindparam("at")))
        self._delete_of = database.prepared(
            lambda: delete(sessions).where(sessions.c.owner == bindparam("of")).returning(sessions.c.id)
        )
        running = turns.c.state == "running"
        if database.fleet is not None:
            alive = turns.c.daemon.in_(database.fleet.others()) | (turns.c.daemon == database.fleet.number)
            running &= turns.c.daemon.is_(None) | ~alive
        self._interrupt = database.prepared(
            lambda: update(turns).where(running).values(state="interrupted", finished=bindparam("now"))
        )

    # Writes

    def finish_turn(self, session: str, number: int, row: Mapping[str, object], now: int) -> list[Write]:
        """The writes that close a turn: its columns in `row`, and the session's time."""
        values = {name: row.get(name) for name in _FINISHED}
        return [
            self._finish(at_session=session, at_number=number, **values),
            self._touch(at=session, updated=now),
        ]

    def keep_steps(self, session: str, number: int, steps: str) -> Write:
        """The write that keeps the tools called so far, as JSON."""
        return self._keep_steps(at_session=session, at_number=number, steps=steps)

    def delete_turn(self, session: str, number: int) -> Write:
        return self._delete_turn(at_session=session, at_number=number)

    def change(self, session: Session) -> Write:
        """The write that stores title, system prompt and model of `session`."""
        return self._change(at=session["id"], title=session["title"], system=session["system"], model=session["model"])

    def delete(self, session: str) -> Write:
        return self._delete(at=session)

    def delete_of(self, owner: str) -> Write:
        """The write that deletes all that `owner` has, and returns their ids."""
        return self._delete_of(of=owner)

    def interrupt_running(self, now: int) -> Write:
        """After a crash: what says `running`, and no daemon that runs answers, was interrupted."""
        return self._interrupt(now=now)

    # Reads

    async def answered_elsewhere(self, session: str) -> bool:
        """Whether another daemon answers a turn of the session at this moment. Raises StorageFailed."""
        fleet = self._database.fleet
        if fleet is None:
            return False
        query = select(turns.c.number).where(
            turns.c.session == session, turns.c.state == "running", turns.c.daemon.in_(fleet.others())
        )
        async with self._database.read() as connection:
            return (await connection.execute(query)).first() is not None

    async def ids(self, owner: str, prefix: str, most: int) -> list[str]:
        """Ids of `owner` that begin with `prefix`."""
        query = select(sessions.c.id).where(sessions.c.owner == owner, begins(sessions.c.id, prefix)).limit(most)
        async with self._database.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def get(self, session: str) -> Session | None:
        async with self._database.read() as connection:
            row = (await connection.execute(_with_sums().where(sessions.c.id == session))).mappings().first()
        return _session(row) if row else None

    async def page(
        self,
        owner: str,
        *,
        limit: int,
        since: int | None = None,
        model: str | None = None,
        after: Session | None = None,
        before: int | None = None,
    ) -> list[Session]:
        """Newest first; `after` is the last session of the page before, `before` a bound on the last update (ms)."""
        query = _with_sums().where(sessions.c.owner == owner)
        if since is not None:
            query = query.where(sessions.c.updated >= since)
        if before is not None:
            query = query.where(sessions.c.updated < before)
        if model is not None:
            query = query.where(sessions.c.model == model)
        if after is not None:
            place = select(sessions.c.updated, sessions.c.id).where(sessions.c.id == after["id"]).scalar_subquery()
            query = query.where(tuple_(sessions.c.updated, sessions.c.id) < place)
        query = query.order_by(sessions.c.updated.desc(), sessions.c.id.desc()).limit(limit)
        async with self._database.read() as connection:
            return [_session(row) for row in (await connection.execute(query)).mappings()]

    async def owners(self) -> list[str]:
        """Everybody who has a conversation. Raises StorageFailed."""
        query = select(sessions.c.owner).distinct().order_by(sessions.c.owner)
        async with self._database.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def turns(self, session: str) -> list[Turn]:
        """All turns, oldest first."""
        query = select(turns).where(turns.c.session == session).order_by(turns.c.number)
        async with self._database.read() as connection:
            return [_turn(row) for row in (await connection.execute(query)).mappings()]

    async def search(self, owner: str, words: str, limit: int) -> list[SearchHit]:
        """Turns that hold all of `words`, the best first; the hit's surroundings with «» around the words."""
        return await self._database.search(owner, words, limit)


_FINISHED = (
    "input", "output", "state", "model", "provider", "finish_reason", "tokens_in", "tokens_out", "estimated", "cost",
    "error", "finished", "steps",
)  # fmt: skip


def _with_sums() -> Select[Any]:
    return (
        select(
            sessions,
            func.count(turns.c.row).label("turns"),
            func.coalesce(func.sum(turns.c.tokens_in), 0).label("tokens_in"),
            func.coalesce(func.sum(turns.c.tokens_out), 0).label("tokens_out"),
            null().label("cost"),
        )
        .outerjoin(turns, turns.c.session == sessions.c.id)
        .group_by(sessions.c.id)
    )


def _session(row: Mapping[Any, Any]) -> Session:
    columns = {name: row[name] for name in Session.__annotations__ if name not in ("created", "updated")}
    return cast(Session, {**columns, "created": rfc3339(row["created"]), "updated": rfc3339(row["updated"])})


def _turn(row: Mapping[Any, Any]) -> Turn:
    usage: Usage | None = None
    if row["tokens_in"] is not None:
        usage = Usage(input_tokens=row["tokens_in"], output_tokens=row["tokens_out"], estimated=bool(row["estimated"]))
    turn = Turn(
        id=f"{row['session']}.{row['number']}",
        session=row["session"],
        number=row["number"],
        input=row["input"],
        output=row["output"],
        state=row["state"],
        model=row["model"],
        provider=row["provider"],
        finish_reason=row["finish_reason"],
        usage=usage,
        error=cast("ErrorBody | None", orjson.loads(row["error"]) if row["error"] else None),
        created=rfc3339(row["created"]),
        finished=rfc3339(row["finished"]) if row["finished"] is not None else None,
    )
    if row["steps"]:
        turn["steps"] = orjson.loads(row["steps"])
    return turn
