"""Changes of memory taken back: what they made is forgotten, what they forgot comes back, what they said is unsaid."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import NotFound
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.services.memory_entries import judged
from triforce_daemon.services.memory_forgetting import AT_ONCE
from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.memory import MemoryRow, MemoryStore
from triforce_daemon.stores.memory_writes import MemoryWrites
from triforce_daemon.wire.memory import MemoryKept, MemoryUndone


@dataclass(slots=True)
class _Steps:
    """What is to be done, in which order, and what comes of it."""

    writes: list[Write] = field(default_factory=list[Write])
    undone: list[str] = field(default_factory=list[str])
    kept: list[MemoryKept] = field(default_factory=list[MemoryKept])

    def keep(self, row: MemoryRow, reason: str) -> None:
        self.kept.append(MemoryKept(id=row["id"], reason=reason))


class MemoryUndo:
    def __init__(self, database: Database, clock: Clock, told: Callable[[], None]) -> None:
        """`told`: called when something has come back."""
        self._database = database
        self._told = told
        self._store = MemoryStore(database)
        self._writes = MemoryWrites(database)
        self._clock = clock

    async def undo(self, caller: Caller, change: str) -> MemoryUndone:
        """Take a change back as far as nothing was built upon it since; what stays is named with its reason.

        Undoing is a change too. Raises NotFound where there is no such change, or none any more; StorageFailed.
        """
        entries = await self._store.touched_by(caller.account, change)
        if not entries:
            raise NotFound(f"There is no change `{change}` of memory.", "It may be too long ago: see memory.keep_days.")
        own, done = session_id(), _Steps()
        for at in range(0, len(entries), AT_ONCE):
            steps = await self._steps(caller.account, entries[at : at + AT_ONCE], change, own)
            if steps.writes:
                await self._database.write(*steps.writes)
            done.undone += steps.undone
            done.kept += steps.kept
        self._told()
        return MemoryUndone(
            schema="triforce.memory.undo/1", undone=done.undone, kept=done.kept, change=own if done.undone else None
        )

    async def _steps(self, owner: str, entries: Sequence[str], change: str, own: str) -> _Steps:
        steps, versions = _Steps(), await self._store.versions(owner, entries, forgotten=True)
        for entry in entries:
            rows = [row for row in versions if row["entry"] == entry]
            gone = [row for row in rows if row["gone"] == change]
            made = [row for row in rows if row["change"] == change]
            if gone:
                self._bring_back(rows, gone, steps)
            elif made:
                self._unmake(rows, made, own, steps)
            else:
                await self._unsay(rows, change, steps)
        return steps

    def _bring_back(self, rows: Sequence[MemoryRow], gone: Sequence[MemoryRow], steps: _Steps) -> None:
        leading, first = _leading(rows), gone[0]
        if leading is not None and leading["id"] != first["previous"]:
            steps.keep(gone[-1], "It was changed since.")
            return
        steps.writes.append(self._writes.bring_back(first["owner"], first["entry"], str(first["gone"])))
        if leading is not None:
            steps.writes.append(self._writes.lead(first["owner"], leading["id"], current=False))
        steps.undone.append(gone[-1]["id"])

    def _unmake(self, rows: Sequence[MemoryRow], made: Sequence[MemoryRow], own: str, steps: _Steps) -> None:
        leading, first = _leading(rows), made[0]
        if all(row["forgotten"] is not None for row in made) or leading is None:
            steps.keep(made[-1], "It is forgotten already.")
            return
        if leading["change"] != first["change"]:
            steps.keep(made[-1], "It was changed since.")
            return
        owner, entry, now = first["owner"], first["entry"], self._clock.now_ms()
        steps.writes.append(self._writes.unmake(owner, entry, first["change"], now, own))
        if first["previous"] is not None:
            steps.writes.append(self._writes.lead(owner, first["previous"], current=True))
        steps.undone.append(leading["id"])

    async def _unsay(self, rows: Sequence[MemoryRow], change: str, steps: _Steps) -> None:
        verdicts = await self._store.verdicts([row["row"] for row in rows])
        about = next(one["memory"] for one in verdicts if one["change"] == change)
        row = next(row for row in rows if row["row"] == about)
        left = [one for one in verdicts if one["memory"] == about and one["change"] != change]
        confidence = judged(row["stated"], left)[-1] if left else row["stated"]
        steps.writes += [self._writes.unsay(change), self._writes.judge(row["owner"], row["id"], confidence)]
        steps.undone.append(row["id"])


def _leading(rows: Sequence[MemoryRow]) -> MemoryRow | None:
    return next((row for row in reversed(rows) if row["current"] and row["forgotten"] is None), None)
