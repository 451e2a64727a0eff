"""All that tools have changed in one request, taken back by its receipt: the last change first."""

from dataclasses import dataclass, field
from typing import Any

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import Conflict, TriforceError
from triforce_daemon.services.files import Files
from triforce_daemon.services.memory_undo import MemoryUndo
from triforce_daemon.services.receipts import Receipts
from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.wire.tokens import Scope
from triforce_daemon.wire.undo import KeptChange, Undone, UndoneChange

#: What somebody must have been granted to take back what he has had changed.
_SCOPES: dict[str, Scope] = {"file": "tools:write", "memory": "memory"}
#: What nobody here takes back, and how it is done.
_ELSEWHERE = {
    "git": "Git itself can: `git reset --soft HEAD~1` takes a commit back, `git switch -` leads back.",
    "setting": "Set it again: `triforce config set`.",
    "tier": "Give it again: `triforce users set-tier`.",
}
_UNKNOWN = "Nobody here knows how to take that back."


@dataclass(slots=True)
class _Result:
    undone: list[UndoneChange] = field(default_factory=list[UndoneChange])
    kept: list[KeptChange] = field(default_factory=list[KeptChange])

    def keep(self, kind: str, what: str, reason: str) -> None:
        self.kept.append(KeptChange(kind=kind, what=what, reason=reason))


class Undo:
    def __init__(self, receipts: Receipts, files: Files, memory: MemoryUndo, trail: Trail) -> None:
        self._receipts = receipts
        self._files = files
        self._memory = memory
        self._trail = trail

    async def undo(self, caller: Caller, beginning: str) -> Undone:
        """Take back what a request of the caller's has changed; what stays as it is comes with the reason.

        `beginning`: the request's id, or how it begins. What was changed again since is left alone. Raises
        InvalidRequest, NotFound, AmbiguousId, Conflict where it has changed nothing, StorageFailed.
        """
        request, rows = await self._receipts.rows(caller, beginning)
        documents: list[dict[str, Any]] = [orjson.loads(row["document"]) for row in rows if row["kind"] == "tool"]
        changes = [change for one in documents for change in one.get("changes", ())]
        if not changes:
            raise Conflict("No tool has changed anything in this request.", "`triforce receipt` shows what it did.")
        result = _Result()
        for change in reversed(changes):
            kind, subject = str(change["kind"]), str(change["subject"])
            try:
                await self._take_back(caller, kind, subject, result)
            except TriforceError as error:
                result.keep(kind, subject, f"{error.message} {error.hint or ''}".strip())
        told = {"what": "undone", "on": request, "undone": len(result.undone), "kept": len(result.kept)}
        await self._trail.record("change", told, caller=caller.account)
        return Undone(schema="triforce.undo/1", receipt=request, undone=result.undone, kept=result.kept)

    async def _take_back(self, caller: Caller, kind: str, subject: str, result: _Result) -> None:
        scope = _SCOPES.get(kind)
        if scope is None:
            result.keep(kind, subject, _ELSEWHERE.get(kind, _UNKNOWN))
        elif not caller.may(scope):
            result.keep(kind, subject, f"That needs the scope {scope}.")
        elif kind == "file":
            await self._file(caller, subject, result)
        else:
            await self._entries(caller, subject, result)

    async def _file(self, caller: Caller, change: str, result: _Result) -> None:
        row, _ = await self._files.kept(caller, change)
        # Where he stood then: it counts for the daemon's own user alone, who could stand there again.
        written = await self._files.restore(caller, change, row["folder"])
        if written.change is None:
            result.keep("file", written.path, "It is as it was before.")
        else:
            result.undone.append(UndoneChange(kind="file", what=written.path, change=written.change))

    async def _entries(self, caller: Caller, change: str, result: _Result) -> None:
        done = await self._memory.undo(caller, change)
        result.undone += [UndoneChange(kind="memory", what=one, change=done["change"]) for one in done["undone"]]
        for one in done["kept"]:
            result.keep("memory", one["id"], one["reason"])
