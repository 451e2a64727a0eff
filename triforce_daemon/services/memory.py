"""What is kept in memory: stored once, changed by new versions, judged by whoever knows better."""

import asyncio
from collections.abc import Callable, Mapping
from typing import cast

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import AmbiguousId, Conflict, InvalidRequest, NotFound
from triforce_daemon.runtime.clock import Clock, rfc3339
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.services import memory_entries as entries
from triforce_daemon.services.memory_entries import memory
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.memory import MemoryRow, MemoryStore, VerdictRow
from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.memory_writes import MemoryWrites, NewRow, Verdict
from triforce_daemon.wire.memory import (
    MemoryChange,
    MemoryChanged,
    MemoryDetail,
    MemoryHistory,
    MemoryStored,
    MemoryValidated,
    NewMemory,
    ValidationRequest,
)

USUAL_CONFIDENCE = 0.8
_LONGEST_BY = 128
_LONGEST_REASON = 2_000


class Memories:
    """Each caller has the memory of his account and sees no other."""

    def __init__(self, database: Database, clock: Clock, told: Callable[[], None]) -> None:
        """`told`: called when there is something new."""
        self._database = database
        self._store = MemoryStore(database)
        self._writes = MemoryWrites(database)
        self._clock = clock
        self._told = told
        self._judging = asyncio.Lock()

    # Reading

    async def find(self, caller: Caller, prefix: str) -> MemoryRow:
        """The version whose id begins with `prefix`. Raises NotFound, AmbiguousId."""
        row = await self._store.get(caller.account, prefix)
        if row is None and prefix:
            ids = await self._store.ids(caller.account, prefix, most=6)
            if len(ids) > 1:
                shown = ", ".join(ids[:5]) + (" …" if len(ids) > 5 else "")
                raise AmbiguousId(f"`{prefix}` fits several entries: {shown}.", "Write more of the id.", near=ids)
            row = await self._store.get(caller.account, ids[0]) if ids else None
        if row is None:
            raise NotFound(f"There is no entry `{prefix}` in memory.", "`triforce memory list` shows them.")
        await self._refuse_ended(row)
        return row

    async def _refuse_ended(self, row: MemoryRow) -> None:
        now = self._clock.now_ms()
        if row["expires"] is None or row["expires"] > now:
            return
        # Of an earlier version the latest tells whether the entry has ended.
        ends = (await self._versions(row))[-1]["expires"]
        if ends is not None and ends <= now:
            raise NotFound(f"The entry `{row['id']}` ended at {rfc3339(ends)}.", "Its time was over.")

    async def show(self, caller: Caller, prefix: str) -> MemoryDetail:
        row = await self.find(caller, prefix)
        verdicts = await self._store.verdicts([row["row"]])
        return MemoryDetail(
            **memory(row),
            schema="triforce.memory.show/1",
            current_id=(await self._versions(row))[-1]["id"],
            confidence_scores=entries.scores(row, verdicts),
            validations=entries.validations(row["stated"], verdicts),
        )

    async def history(self, caller: Caller, prefix: str) -> MemoryHistory:
        """Every version of the entry, the oldest first."""
        versions = await self._versions(await self.find(caller, prefix))
        return MemoryHistory(schema="triforce.memory.history/1", items=[memory(row) for row in versions], next=None)

    async def _versions(self, row: MemoryRow) -> list[MemoryRow]:
        return await self._store.versions(row["owner"], [row["entry"]])

    # Storing and changing

    async def store(self, caller: Caller, new: NewMemory) -> MemoryStored:
        """Keep an entry. Where there is one that says the same, that is it: what is new makes a version of it.

        Raises InvalidRequest, StorageFailed.
        """
        row = self._new_row(caller, new)
        same = await self._store.same(MemoryFilter(row["owner"], row["created"]), row["digest"])
        if same is not None:
            return await self._store_again(same, row, caller)
        await self._database.write(self._writes.insert(row))
        self._told()
        return _stored(row, None, row["change"])

    async def _store_again(self, same: MemoryRow, row: NewRow, caller: Caller) -> MemoryStored:
        both = _joined(same, row)
        if both.items() <= same.items():
            return _stored(same, same["id"], None)
        made = await self._succeed(same, caller, both)
        return _stored(made, same["id"], made["change"])

    async def change(self, caller: Caller, prefix: str, change: MemoryChange) -> MemoryChanged:
        """Make a new version. Raises NotFound, AmbiguousId, Conflict (there is a later one), InvalidRequest."""
        row = await self.find(caller, prefix)
        columns = self._columns(change)
        if columns.items() <= row.items():
            raise InvalidRequest("Nothing of it would be otherwise.", "Say what is to be changed.")
        made = await self._succeed(row, caller, columns)
        return MemoryChanged(**memory(made), schema="triforce.memory.edit/1", change=made["change"])

    def _columns(self, change: MemoryChange) -> dict[str, object]:
        now = self._clock.now_ms()
        columns: dict[str, object] = {name: value for name, value in change.items() if name in ("type", "importance")}
        if "content" in change:
            columns["content"] = entries.content_of(change["content"])
        if "tags" in change:
            columns["tags"] = entries.lines_of(entries.tags_of(change["tags"]))
        if "confidence" in change:
            columns["confidence"] = entries.confidence_of(change["confidence"])
        if "project" in change:
            columns["project"] = entries.project_of(change["project"])
        if "ttl_seconds" in change:
            columns["expires"] = entries.end_of(change["ttl_seconds"], now)
        return columns

    async def _succeed(self, row: MemoryRow, caller: Caller, columns: Mapping[str, object]) -> NewRow:
        known = await self._store.versions(row["owner"], [row["entry"]], forgotten=True)
        made = cast(NewRow, {**{name: row[name] for name in NewRow.__annotations__}, **columns})
        made["id"], made["previous"], made["version"] = session_id(), row["id"], known[-1]["version"] + 1
        made["digest"] = entries.digest_of(made["type"], made["project"], made["content"])
        made["stated"] = made["confidence"]
        made["by"], made["created"], made["change"] = caller.name, self._clock.now_ms(), session_id()
        made["current"] = 1
        ids, _ = await self._database.write(*self._writes.succeed(made))
        if not ids:
            latest = (await self._versions(row))[-1:]
            told = f"That is {latest[0]['id']}; change that one." if latest else "It was forgotten meanwhile."
            raise Conflict(f"`{row['id']}` is not the latest version of its entry.", told)
        self._told()
        return made

    async def validate(self, caller: Caller, prefix: str, request: ValidationRequest) -> MemoryValidated:
        """Say that an entry is right or wrong: it moves its confidence. Whoever speaks twice is heard once.

        Raises NotFound, AmbiguousId, InvalidRequest.
        """
        row = await self.find(caller, prefix)
        said = Verdict(
            verdict=request["verdict"],
            by=_words(request.get("by") or caller.name, "by", _LONGEST_BY),
            caller=caller.name,
            reason=_words(request.get("reason", ""), "reason", _LONGEST_REASON) or None,
            created=self._clock.now_ms(),
            change=session_id(),
        )
        async with self._judging:
            verdicts = [*await self._store.verdicts([row["row"]]), VerdictRow(**said, memory=row["row"])]
            confidence = entries.judged(row["stated"], verdicts)[-1]
            await self._database.write(
                self._writes.say(row["owner"], row["id"], said),
                self._writes.judge(row["owner"], row["id"], confidence),
            )
        return MemoryValidated(
            schema="triforce.memory.validate/1",
            id=row["id"],
            confidence=confidence,
            validated_by=entries.confirmed_by(verdicts),
            change=said["change"],
        )

    def _new_row(self, caller: Caller, new: NewMemory) -> NewRow:
        now, id = self._clock.now_ms(), session_id()
        content, project = entries.content_of(new["content"]), entries.project_of(new.get("project"))
        confidence = entries.confidence_of(new.get("confidence", USUAL_CONFIDENCE))
        type = new.get("type", "fact")
        return NewRow(
            id=id,
            owner=caller.account,
            entry=id,
            version=1,
            previous=None,
            type=type,
            content=content,
            tags=entries.lines_of(entries.tags_of(new.get("tags") or [])),
            project=project,
            importance=new.get("importance", "medium"),
            stated=confidence,
            confidence=confidence,
            by=caller.name,
            digest=entries.digest_of(type, project, content),
            created=now,
            expires=entries.end_of(new.get("ttl_seconds"), now),
            current=1,
            forgotten=None,
            change=session_id(),
            gone=None,
        )


def _joined(same: MemoryRow, row: NewRow) -> dict[str, object]:
    """What an entry is that was stored twice: as it was written last, with all that was said of it."""
    ends = [one["expires"] for one in (same, row)]
    tags = {tag for one in (same, row) for tag in entries.tags_in(one["tags"])}
    return {
        "content": row["content"],
        "tags": entries.lines_of(sorted(tags)),
        "importance": entries.weightier(same["importance"], row["importance"]),
        "confidence": max(same["confidence"], row["confidence"]),
        "expires": max((end for end in ends if end is not None), default=None) if None not in ends else None,
    }


def _stored(row: NewRow, duplicate_of: str | None, change: str | None) -> MemoryStored:
    return MemoryStored(**memory(row), schema="triforce.memory.add/1", duplicate_of=duplicate_of, change=change)


def _words(text: str, name: str, longest: int) -> str:
    if len(text) > longest:
        raise InvalidRequest(f"`{name}` is too long.", f"Up to {longest} characters.")
    return entries.text_of(text, name).strip()
