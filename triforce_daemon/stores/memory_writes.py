"""What is written to memory: each returns what `Database.write` takes, so that several go into one commit."""

from functools import cache
from typing import Any, TypedDict

from sqlalchemy import Executable, Exists, Insert, bindparam, delete, exists, insert, null, or_, select, update

from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.tables import memories, memory_validations


class NewRow(TypedDict):
    """A version as it is written; moments are in ms."""

    id: str
    owner: str
    #: The id of the entry's first version.
    entry: str
    version: int
    previous: str | None
    type: str
    content: str
    #: One a line, with a line's end before the first and after the last.
    tags: str
    project: str | None
    importance: str
    stated: float
    confidence: float
    by: str
    digest: str
    created: int
    expires: int | None
    current: int
    forgotten: int | None
    #: The changes that made it and that forgot it.
    change: str
    gone: str | None


class Verdict(TypedDict):
    verdict: str
    by: str
    caller: str
    reason: str | None
    created: int
    change: str


class MemoryWrites:
    """Of each the owner is part of the question: nobody changes what is another's."""

    def __init__(self, database: Database) -> None:
        column = memories.c
        own, kept = column.owner == bindparam("of"), column.forgotten.is_(None)
        named, of_entry = own & (column.id == bindparam("at")), own & (column.entry == bindparam("at"))
        gone: dict[str, Any] = {"forgotten": bindparam("moment"), "gone": bindparam("by_change")}
        self._insert = database.prepared(
            lambda: insert(memories).values({name: bindparam(name) for name in NewRow.__annotations__})
        )
        self._succeed = database.prepared(_succeeding)
        self._step_down = database.prepared(lambda: update(memories).where(named & _followed()).values(current=0))
        self._lead = database.prepared(lambda: update(memories).where(named).values(current=bindparam("whether")))
        self._judge = database.prepared(lambda: update(memories).where(named).values(confidence=bindparam("to")))
        self._forget = database.prepared(lambda: update(memories).where(of_entry & kept).values(gone))
        self._unmake = database.prepared(
            lambda: update(memories).where(of_entry & kept & (column.change == bindparam("of_change"))).values(gone)
        )
        self._bring_back = database.prepared(
            lambda: (
                update(memories)
                .where(of_entry & (column.gone == bindparam("of_change")))
                .values(forgotten=null(), gone=null())
            )
        )
        self._delete_of = database.prepared(lambda: delete(memories).where(own).returning(column.entry))
        self._purge = database.prepared(_purging)
        self._say = database.prepared(_saying)
        self._unsay = database.prepared(
            lambda: delete(memory_validations).where(memory_validations.c.change == bindparam("of_change"))
        )

    def insert(self, row: NewRow) -> Write:
        return self._insert(**row)

    def succeed(self, row: NewRow) -> list[Write]:
        """The writes that put a version in the place of `row["previous"]`; the first returns its id.

        They do nothing, and return nothing, where that is not the current one any more.
        """
        return [
            self._succeed(**row),
            self._step_down(of=row["owner"], at=row["previous"], follower=row["id"]),
        ]

    def lead(self, owner: str, id: str, *, current: bool) -> Write:
        """The write that makes a version the current one, or an earlier one."""
        return self._lead(of=owner, at=id, whether=int(current))

    def judge(self, owner: str, id: str, confidence: float) -> Write:
        return self._judge(of=owner, at=id, to=confidence)

    def forget(self, owner: str, entry: str, moment: int, change: str) -> Write:
        """The write that forgets an entry, with its versions."""
        return self._forget(of=owner, at=entry, moment=moment, by_change=change)

    def unmake(self, owner: str, entry: str, made_by: str, moment: int, change: str) -> Write:
        """The write that forgets what one change has made of an entry."""
        return self._unmake(of=owner, at=entry, of_change=made_by, moment=moment, by_change=change)

    def bring_back(self, owner: str, entry: str, gone_by: str) -> Write:
        """The write that brings back what one change has forgotten of an entry."""
        return self._bring_back(of=owner, at=entry, of_change=gone_by)

    def say(self, owner: str, id: str, verdict: Verdict) -> Write:
        """The write that adds a verdict on a version."""
        return self._say(of=owner, at=id, **verdict)

    def unsay(self, change: str) -> Write:
        """The write that takes back the verdict that a change has added."""
        return self._unsay(of_change=change)

    def delete_of(self, owner: str) -> Write:
        """The write that deletes all that `owner` has, and returns the entry of each version."""
        return self._delete_of(of=owner)

    def purge(self, before: int, most: int) -> Write:
        """The write that deletes for good what was forgotten or has ended before then; it returns what that was."""
        return self._purge(moment=before, most=most)


def _succeeding() -> Insert:
    """An insertion that happens where the version before is still the current one."""
    before = exists().where(
        memories.c.owner == bindparam("owner"),
        memories.c.id == bindparam("previous"),
        memories.c.current == 1,
        memories.c.forgotten.is_(None),
    )
    names = list(NewRow.__annotations__)
    values = select(*(bindparam(name, type_=memories.c[name].type) for name in names)).where(before)
    return insert(memories).from_select(names, values).returning(memories.c.id)


@cache
def _followed() -> Exists:
    follower = memories.alias("follower")
    return exists().where(follower.c.owner == bindparam("of"), follower.c.id == bindparam("follower"))


@cache
def _purging() -> Executable:
    past = memories.alias("past")
    over = or_(
        past.c.forgotten < bindparam("moment"),
        (past.c.current == 1) & (past.c.expires < bindparam("moment")),
    )
    which = select(past.c.row).where(over).limit(bindparam("most"))
    return delete(memories).where(memories.c.row.in_(which)).returning(memories.c.row)


def _saying() -> Insert:
    names = list(Verdict.__annotations__)
    table = memory_validations
    values = select(memories.c.row, *(bindparam(name, type_=table.c[name].type) for name in names)).where(
        memories.c.owner == bindparam("of"), memories.c.id == bindparam("at"), memories.c.forgotten.is_(None)
    )
    return insert(table).from_select(["memory", *names], values).returning(table.c.row)
