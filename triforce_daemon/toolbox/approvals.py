"""Approvals: a call that may destroy something waits until somebody else agrees to exactly that call."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Literal

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import ApprovalNeeded, ApprovalNotFound, Conflict, Forbidden
from triforce_daemon.runtime.clock import Clock, rfc3339, when
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.stores.approvals import ApprovalRow, ApprovalStore
from triforce_daemon.toolbox.digest import digest_of
from triforce_daemon.toolbox.entry import Entry
from triforce_daemon.wire.approvals import Approval, ApprovalList, ApprovalState

Verdict = Literal["granted", "denied"]

#: What a model does on nobody's behalf unless he agrees to it, whatever the tool declares.
_GUARDED = frozenset({"tools:exec", "agents", "admin"})

#: So much of the arguments is shown to whoever answers.
_SHOWN = 8_000
#: Nobody answers more; and who asks without end shall not hide what others ask.
_MOST_OPEN = 100
#: How often an answer is looked for that another daemon may have taken.
_LOOK_SECONDS = 0.5


def asker_of(caller: Caller) -> str:
    """Who asks, so that it is known who may not answer: neither a token nor a model is the person it belongs to."""
    if caller.acting is not None:
        return caller.acting.name
    return f"token/{caller.token}" if caller.token is not None else caller.account


def needed(caller: Caller, entry: Entry, arguments: Mapping[str, Any]) -> bool:
    """Whether a call of the tool has to be agreed to. A rehearsal changes nothing: there is nothing to agree to."""
    if entry.rehearses(arguments):
        return False
    declared = entry.declared
    meant = all(arguments.get(name) in values for name, values in declared.approval_for.items())
    return (declared.approval and meant) or (caller.acting is not None and entry.declared.scope in _GUARDED)


class Approvals:
    """A queue that any terminal, the dashboard or the API can answer, but never the asker."""

    def __init__(self, store: ApprovalStore, clock: Clock, minutes: int, each: Callable[[str], bool]) -> None:
        """`each`: whether the calls of the tool of that name are agreed to one by one, and never for a while."""
        self._store = store
        self._each = each
        self._clock = clock
        self._lasts_ms = minutes * 60_000

    async def require(self, caller: Caller, entry: Entry, arguments: dict[str, Any], *, at_his_terminal: bool) -> None:
        """Returns where the call has been agreed to, which is used up by it.

        `at_his_terminal`: a person has agreed to his own call, or beforehand to those of a model that acts for him;
        what a token says of itself counts for nothing.
        Raises ApprovalNeeded, with the approval's id, where nobody has agreed yet; Conflict where too many calls wait
        already; StorageFailed.
        """
        if at_his_terminal and (caller.kind in ("owner", "user") or caller.acting is not None):
            return
        asker, digest, now = asker_of(caller), digest_of(arguments), self._clock.now_ms()
        if await self._store.take(asker, entry.name, digest, now):
            return
        row = await self._store.pending(asker, entry.name, digest, now)
        if row is None:
            row = await self._asked(caller, entry, arguments, digest, now)
        raise ApprovalNeeded(
            f"The tool {entry.name} may destroy something: somebody else has to agree to this call.",
            f"`triforce approvals grant {row['id']}`, then call it again with the same arguments.",
            approval=row["id"],
        )

    async def _asked(
        self, caller: Caller, entry: Entry, arguments: dict[str, Any], digest: str, now: int
    ) -> ApprovalRow:
        if await self._store.open_of(caller.account, now) >= _MOST_OPEN:
            raise Conflict(
                f"{_MOST_OPEN} calls wait for somebody to agree already.", "`triforce approvals list` shows them."
            )
        row = ApprovalRow(
            id=session_id(),
            asker=asker_of(caller),
            account=caller.account,
            name=caller.name if caller.acting is None else f"a model for {caller.name}",
            tool=entry.name,
            digest=digest,
            arguments=_shown(orjson.dumps(arguments).decode()),
            state="pending",
            asked=now,
            expires=now + self._lasts_ms,
            answered=None,
            answered_by=None,
            until=None,
        )
        await self._store.insert(row)
        return row

    async def all(self, caller: Caller, *, state: ApprovalState | None = None) -> ApprovalList:
        """What the caller may see, the newest first. Raises StorageFailed."""
        now = self._clock.now_ms()
        rows = await self._store.recent(now if state == "pending" else None)
        items = [_approval(row, now) for row in rows if _sees(caller, row)]
        kept = [item for item in items if state is None or item["state"] == state]
        return ApprovalList(schema="triforce.approvals.list/1", items=kept, next=None)

    async def get(self, caller: Caller, name: str) -> Approval:
        """By id or the beginning of one. Raises ApprovalNotFound, StorageFailed."""
        return _approval(await self._row(caller, name), self._clock.now_ms())

    async def answer(self, caller: Caller, name: str, verdict: Verdict, until: int | None = None) -> Approval:
        """Agree to the call or not; with `until` (ms) also to all others of that tool by that asker.

        Raises Forbidden where the caller asked himself or may not answer, Conflict where it is answered or over, or
        where its tool's calls are agreed to one by one.
        """
        row = await self._row(caller, name)
        _check_answers(caller, row)
        now = self._clock.now_ms()
        if until is not None and self._each(row["tool"]):
            raise Conflict(f"Each call of {row['tool']} is agreed to by itself.", "Agree to this one, without a time.")
        if not await self._store.answer(row["id"], verdict, caller.name, now, until):
            state = _state(row, now)
            raise Conflict(f"This approval is {state} already.", "Ask for the call again; a new one is made then.")
        return await self.get(caller, row["id"])

    async def revoke(self, caller: Caller, name: str) -> Approval:
        """Take back what was agreed to and not used yet. Raises Forbidden, ApprovalNotFound, Conflict."""
        row = await self._row(caller, name)
        _check_answers(caller, row)
        if not await self._store.revoke(row["id"]):
            raise Conflict("There is nothing to take back.", f"It is {_state(row, self._clock.now_ms())}.")
        return await self.get(caller, row["id"])

    async def wait(self, caller: Caller, name: str, seconds: float) -> Approval:
        """The approval once it is no longer pending, or as it is after `seconds`. Raises ApprovalNotFound."""
        ends = self._clock.ticks() + seconds
        while (found := await self.get(caller, name))["state"] == "pending":
            left = ends - self._clock.ticks()
            if left <= 0:
                break
            await asyncio.sleep(min(left, _LOOK_SECONDS))
        return found

    async def _row(self, caller: Caller, name: str) -> ApprovalRow:
        rows = [row for row in await self._store.starting(name) if _sees(caller, row)]
        if len(rows) != 1 and all(row["id"] != name for row in rows):
            said = "fits several approvals" if rows else "fits no approval"
            raise ApprovalNotFound(f"{name!r} {said}.", "`triforce approvals list` shows them.")
        return next((row for row in rows if row["id"] == name), rows[0])


def _shown(arguments: str) -> str:
    """Nobody shall take the beginning for all of it: what is left out is said first."""
    left = len(arguments) - _SHOWN
    return arguments if left <= 0 else f"[{left:,} more characters at the end are not shown] {arguments[:_SHOWN]}"


def _sees(caller: Caller, row: ApprovalRow) -> bool:
    """A token sees what it asked itself, a person what his programs asked, an admin everything."""
    return caller.is_admin or asker_of(caller) == row["asker"] or (caller.token is None and _is_his(caller, row))


def _is_his(caller: Caller, row: ApprovalRow) -> bool:
    return caller.kind == "user" and caller.acting is None and caller.account == row["account"]


def _check_answers(caller: Caller, row: ApprovalRow) -> None:
    if caller.acting is not None:
        raise Forbidden("A model answers no approvals.", "A person has to: `triforce approvals grant`.")
    if caller.token is not None:
        raise Forbidden("A token answers no approvals.", "A person has to: `triforce approvals grant`.")
    if asker_of(caller) == row["asker"]:
        raise Forbidden("Nobody agrees to what he asked for himself.", "Somebody else has to, or call it with --yes.")
    if not (caller.is_admin or _is_his(caller, row)):
        raise Forbidden("This approval is not yours to answer.", "An admin can.")


def _state(row: ApprovalRow, now: int) -> ApprovalState:
    over = row["expires"] <= now and (row["until"] or 0) <= now
    return "expired" if over and row["state"] in ("pending", "granted") else row["state"]


def _approval(row: ApprovalRow, now: int) -> Approval:
    return Approval(
        id=row["id"],
        tool=row["tool"],
        asker=row["name"],
        arguments=row["arguments"],
        args_digest=row["digest"],
        state=_state(row, now),
        asked_at=rfc3339(row["asked"]),
        expires_at=rfc3339(row["expires"]),
        answered_at=when(row["answered"]),
        answered_by=row["answered_by"],
        until=when(row["until"]),
    )
