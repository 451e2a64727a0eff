"""The rows of answers that were stored for their callers: OpenAI's Responses with `store: true`."""

from typing import TypedDict, cast

from sqlalchemy import bindparam, delete, literal, select

from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.tables import responses


class ResponseRow(TypedDict):
    """`input` (the items that were new with it) and `body` (the response) are JSON."""

    owner: str
    id: str
    #: The response that it goes on from.
    previous: str | None
    input: str
    body: str
    created: int


class ResponseStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = database.upsert(responses, ["owner", "id"], ["previous", "input", "body", "created"])
        self._forget = database.prepared(lambda: delete(responses).where(responses.c.created < bindparam("before")))
        its_own = (responses.c.owner == bindparam("at_owner")) & (responses.c.id == bindparam("at_id"))
        self._delete_of = database.prepared(
            lambda: delete(responses).where(responses.c.owner == bindparam("of")).returning(responses.c.id)
        )
        self._delete = database.prepared(lambda: delete(responses).where(its_own).returning(responses.c.id))

    def put(self, row: ResponseRow) -> Write:
        """The write that keeps a response, to be committed together with what it cost."""
        return self._put(**row)

    def delete_of(self, owner: str) -> Write:
        """The write that deletes all that `owner` has, and returns their ids."""
        return self._delete_of(of=owner)

    async def all(self, owner: str) -> list[ResponseRow]:
        """All that `owner` has, the oldest first. Raises StorageFailed."""
        query = select(responses).where(responses.c.owner == owner).order_by(responses.c.created, responses.c.id)
        async with self._database.read() as connection:
            return [cast(ResponseRow, dict(row)) for row in (await connection.execute(query)).mappings().all()]

    async def forget(self, before: int) -> None:
        """Delete what is older (ms). Raises StorageFailed."""
        await self._database.write(self._forget(before=before))

    async def delete(self, owner: str, id: str) -> bool:
        """Whether it was there. Raises StorageFailed."""
        (rows,) = await self._database.write(self._delete(at_owner=owner, at_id=id))
        return bool(rows)

    async def chain(self, owner: str, id: str, since: int, most: int) -> list[ResponseRow]:
        """A response behind those that it goes on from, the oldest first, as far as they are there; at most `most`.

        What is older than `since` (ms) is not there any more. Raises StorageFailed.
        """
        newest = (
            select(responses, literal(1).label("depth"))
            .where(responses.c.owner == owner, responses.c.id == id, responses.c.created >= since)
            .cte("chain", recursive=True)
        )
        before = select(responses, newest.c.depth + 1).where(
            responses.c.owner == owner,
            responses.c.id == newest.c.previous,
            responses.c.created >= since,
            newest.c.depth < most,
        )
        chain = newest.union_all(before)
        query = select(*(chain.c[name] for name in ResponseRow.__annotations__)).order_by(chain.c.depth.desc())
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [cast(ResponseRow, dict(row)) for row in rows]
