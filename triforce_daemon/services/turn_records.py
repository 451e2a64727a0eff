"""What is written down of a turn: before it is answered, and when it ends."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import Conflict, EmptyPrompt, InvalidRequest
from triforce_daemon.runtime.clock import Clock, rfc3339
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.services.candidates import Resolution
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.sessions import Sessions, title_of
from triforce_daemon.stores.database import Database, RowRefused, Write
from triforce_daemon.stores.sessions import SessionRow, SessionStore, TurnRow
from triforce_daemon.wire.constants import NEW_SESSION
from triforce_daemon.wire.sessions import Options, Session, ToolStep, Turn, TurnRequest

#: What each option may be; providers take more without a word, and mean something else by it.
_RANGES = {"temperature": (0, 2), "top_p": (0, 1), "max_tokens": (1, 1 << 20)}


@dataclass(frozen=True, slots=True)
class Opened:
    """A turn that has begun: the session, what was said before, and who will answer."""

    session: Session
    number: int
    text: str
    before: Sequence[Turn]
    #: What was asked by name: a model, or an alias whose candidates may stand in for each other.
    resolution: Resolution
    kept: bool
    #: The turn stands already with an earlier answer, which stays until the new one is whole.
    replaces: bool


class TurnRecords:
    def __init__(
        self, database: Database, store: SessionStore, sessions: Sessions, registry: ModelRegistry, clock: Clock
    ) -> None:
        self._database = database
        self._store = store
        self._sessions = sessions
        self._registry = registry
        self._clock = clock
        self._answering: set[str] = set()

    async def open(self, caller: Caller, request_id: str, prefix: str, request: TurnRequest) -> Opened:
        """Write down what was asked, before it is answered.

        Raises EmptyPrompt, InvalidRequest (an option out of its range), ModelNotFound, SessionNotFound, Conflict
        (another turn of the session is being answered).
        """
        _check(request.get("options", {}))
        if prefix == NEW_SESSION:
            return await self._write(
                caller, request_id, await self._opened(self._begin(request), [], request), new=True
            )
        session = await self._sessions.find(caller, prefix)
        with self._claimed(session["id"], request.get("keep", True)):
            if await self._store.answered_elsewhere(session["id"]):
                raise _busy(session["id"])
            history = await self._store.turns(session["id"])
            return await self._write(caller, request_id, await self._opened(session, history, request), new=False)

    async def look_ahead(self, caller: Caller, prefix: str, request: TurnRequest) -> Opened:
        """What `open` would return; nothing is written. Raises as `open` does, but for Conflict."""
        _check(request.get("options", {}))
        if prefix == NEW_SESSION:
            return await self._opened(self._begin(request), [], request)
        session = await self._sessions.find(caller, prefix)
        return await self._opened(session, await self._store.turns(session["id"]), request)

    @contextmanager
    def _claimed(self, session: str, kept: bool) -> Generator[None]:
        """One kept turn at a time; the claim outlives the context unless that fails, and ends with `release`."""
        if not kept:
            yield
            return
        if session in self._answering:
            raise _busy(session)
        self._answering.add(session)
        try:
            yield
        except BaseException:
            self._answering.discard(session)
            raise

    def release(self, opened: Opened) -> None:
        """The turn has ended: the session may answer another."""
        if opened.kept:
            self._answering.discard(opened.session["id"])

    def closing(self, opened: Opened, row: Mapping[str, object]) -> Sequence[Write]:
        """The writes that end a turn; nothing where the turn is not kept, or where an earlier answer must stay."""
        if not opened.kept or (opened.replaces and row["state"] == "failed"):
            return ()
        return self._store.finish_turn(opened.session["id"], opened.number, row, self._clock.now_ms())

    async def keep_steps(self, opened: Opened, steps: Sequence[ToolStep]) -> None:
        """Write down the tools called so far, unless an earlier answer must stay. Raises StorageFailed."""
        if opened.kept and not opened.replaces:
            kept = orjson.dumps(steps).decode()
            await self._database.write(self._store.keep_steps(opened.session["id"], opened.number, kept))

    async def finish(self, opened: Opened, row: Mapping[str, object]) -> None:
        """End a turn that broke off when nobody was asked. Raises StorageFailed."""
        if writes := self.closing(opened, row):
            await self._database.write(*writes)

    def _begin(self, request: TurnRequest) -> Session:
        now = rfc3339(self._clock.now_ms())
        return Session(
            id=session_id(),
            title=title_of(request.get("title") or request["input"]),
            model=request.get("model", ""),
            system=request.get("system"),
            origin="chat",
            cwd=request.get("cwd"),
            turns=0,
            tokens_in=0,
            tokens_out=0,
            cost=None,
            created=now,
            updated=now,
        )

    async def _opened(self, session: Session, history: list[Turn], request: TurnRequest) -> Opened:
        replaces = bool(request.get("replace_last")) and bool(history)
        text = request["input"]
        if replaces and not text.strip():
            text = history[-1]["input"]
        if not text.strip():
            raise EmptyPrompt("The prompt is empty.", "Write what you want to know, or pipe it in.")
        resolution = await self._registry.resolve(request.get("model") or session["model"])
        session["model"] = resolution.name
        session["system"] = request.get("system", session["system"])
        last = history[-1]["number"] if history else 0
        return Opened(
            session=session,
            number=last if replaces else last + 1,
            text=text,
            before=history[:-1] if replaces else history,
            resolution=resolution,
            kept=request.get("keep", True),
            replaces=replaces,
        )

    async def _write(self, caller: Caller, request_id: str, opened: Opened, *, new: bool) -> Opened:
        now = self._clock.now_ms()
        session, fleet = opened.session, self._database.fleet
        writes = [
            self._store.insert_session(**_session_row(caller, session, now)) if new else self._store.change(session)
        ]
        if not opened.replaces:
            row = {**_opening_row(opened, request_id, now), "daemon": fleet.number if fleet is not None else None}
            writes.append(self._store.insert_turn(**row))
        if opened.kept:
            try:
                await self._database.write(*writes)
            except RowRefused:
                # Another daemon has begun the same turn at the same moment.
                raise _busy(session["id"]) from None
        return opened


def _busy(session: str) -> Conflict:
    return Conflict(f"Session {session} is answering another turn.", "Wait for it, or fork the session.")


def _check(options: Options) -> None:
    for name, value in options.items():
        least, most = _RANGES.get(name, (None, None))
        if least is not None and most is not None and not least <= cast(float, value) <= most:
            raise InvalidRequest(f"`{name}` is {value}.", f"It goes from {least} to {most}.")


def _session_row(caller: Caller, session: Session, now: int) -> SessionRow:
    return SessionRow(
        id=session["id"],
        owner=caller.account,
        title=session["title"],
        model=session["model"],
        system=session["system"],
        origin=session["origin"],
        cwd=session["cwd"],
        created=now,
        updated=now,
    )


def _opening_row(opened: Opened, request_id: str, now: int) -> TurnRow:
    return TurnRow(
        session=opened.session["id"],
        number=opened.number,
        input=opened.text,
        output="",
        state="running",
        model=opened.resolution.name,
        provider=None,
        finish_reason=None,
        tokens_in=None,
        tokens_out=None,
        estimated=None,
        cost=None,
        error=None,
        request=request_id,
        created=now,
        finished=None,
        daemon=None,
        steps=None,
    )
