"""Memory carried elsewhere: entries with their versions and what was said of them, out and in again."""

from collections.abc import Callable, Sequence

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import InvalidRequest
from triforce_daemon.runtime.clock import Clock, parse_rfc3339, rfc3339
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.services import memory_entries as entries
from triforce_daemon.services.memory_entries import memory, validations
from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.memory import MemoryRow, MemoryStore, VerdictRow
from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.memory_writes import MemoryWrites, NewRow, Verdict
from triforce_daemon.wire.memory import (
    Memory,
    MemoryDocument,
    MemoryExport,
    MemoryImported,
    MemoryVersion,
    Validation,
)

#: Entries that are read at once; each may be long.
_PAGE = 200


class MemoryTransfer:
    def __init__(self, database: Database, clock: Clock, told: Callable[[], None] = lambda: None) -> None:
        """`told`: called when there is something new."""
        self._database = database
        self._told = told
        self._store = MemoryStore(database)
        self._writes = MemoryWrites(database)
        self._clock = clock

    async def export(
        self, account: str, limit: int, after: str | None = None, *, forgotten: bool = False
    ) -> MemoryExport:
        """A page of entries; `after` is the `next` of the page before; `forgotten`: with what can still come back."""
        found = await self._store.entries(account, limit + 1, after, forgotten=forgotten)
        page = found[:limit]
        rows = await self._store.versions(account, page, forgotten=forgotten)
        verdicts = await self._store.verdicts([row["row"] for row in rows])
        documents = [_document([row for row in rows if row["entry"] == entry], verdicts) for entry in page]
        more = page[-1] if len(found) > limit else None
        return MemoryExport(schema="triforce.memory.export/1", items=documents, next=more)

    async def all(self, account: str) -> list[MemoryDocument]:
        """Everything that is kept of somebody, also what he has forgotten."""
        documents: list[MemoryDocument] = []
        after = None
        while True:
            page = await self.export(account, _PAGE, after, forgotten=True)
            documents += page["items"]
            after = page["next"]
            if after is None:
                return documents

    async def bring_in(self, caller: Caller, documents: Sequence[MemoryDocument]) -> MemoryImported:
        """Add exported entries under new ids: all of them or, where one is not sound, none.

        What is there already is not added once more. Raises InvalidRequest, StorageFailed.
        """
        now, change = self._clock.now_ms(), session_id()
        brought = [_brought(caller, document, change, number) for number, document in enumerate(documents)]
        known: set[str] = set()
        writes: list[Write] = []
        items: list[Memory] = []
        for rows in brought:
            last, _ = rows[-1]
            if last["digest"] in known or await self._store.same(MemoryFilter(caller.account, now), last["digest"]):
                continue
            known.add(last["digest"])
            items.append(memory(last))
            writes += self._added(rows)
        if writes:
            await self._database.write(*writes)
            self._told()
        return MemoryImported(
            schema="triforce.memory.import/1",
            items=items,
            duplicates=len(documents) - len(items),
            change=change if items else None,
        )

    def _added(self, rows: Sequence["_Version"]) -> list[Write]:
        inserted = [self._writes.insert(row) for row, _ in rows]
        return [*inserted, *(self._writes.say(row["owner"], row["id"], one) for row, said in rows for one in said)]


#: A version and what was said of it.
_Version = tuple[NewRow, list[Verdict]]


def _document(rows: Sequence[MemoryRow], verdicts: Sequence[VerdictRow]) -> MemoryDocument:
    def version(row: MemoryRow) -> MemoryVersion:
        said = [one for one in verdicts if one["memory"] == row["row"]]
        return MemoryVersion(**memory(row), stated=row["stated"], validations=validations(row["stated"], said))

    document = MemoryDocument(schema="triforce.memory.entry/1", versions=[version(row) for row in rows])
    forgotten = rows[-1]["forgotten"]
    if forgotten is not None:
        document["forgotten"] = rfc3339(forgotten)
    return document


def _brought(caller: Caller, document: MemoryDocument, change: str, number: int) -> list[_Version]:
    """The rows of a document, numbered anew: a file that somebody has edited may count as it likes."""
    if not document["versions"]:
        raise InvalidRequest(f"`entries.{number}` has no version.", "The latest one at least has to be there.")
    found: list[_Version] = []
    for version in document["versions"]:
        try:
            said = [_verdict(one, change) for one in version["validations"]]
            before = found[-1][0] if found else None
            found.append((_row(caller, version, said, before, change), said))
        except InvalidRequest as error:
            raise InvalidRequest(f"`entries.{number}`: {error.message}", error.hint) from None
    found[-1][0]["current"] = 1
    return found


def _row(caller: Caller, version: MemoryVersion, said: Sequence[Verdict], before: NewRow | None, change: str) -> NewRow:
    id, type = session_id(), version["type"]
    content, project = entries.content_of(version["content"]), entries.project_of(version["project"])
    stated = entries.confidence_of(version["stated"])
    return NewRow(
        id=id,
        owner=caller.account,
        entry=before["entry"] if before else id,
        version=before["version"] + 1 if before else 1,
        previous=before["id"] if before else None,
        type=type,
        content=content,
        tags=entries.lines_of(entries.tags_of(version["tags"])),
        project=project,
        importance=version["importance"],
        stated=stated,
        confidence=[stated, *entries.judged(stated, said)][-1],
        by=version["by"],
        digest=entries.digest_of(type, project, content),
        created=_moment(version["created"]),
        expires=_moment(version["expires"]) if version["expires"] is not None else None,
        current=0,
        forgotten=None,
        change=change,
        gone=None,
    )


def _verdict(one: Validation, change: str) -> Verdict:
    return Verdict(
        verdict=one["verdict"],
        by=one["by"],
        caller=one["caller"],
        reason=one["reason"],
        created=_moment(one["at"]),
        change=change,
    )


def _moment(text: str) -> int:
    try:
        return parse_rfc3339(text)
    except (ValueError, OverflowError):
        raise InvalidRequest(f"`{text}` is no date.", "Write it as 2026-11-23T15:00:00Z.") from None
