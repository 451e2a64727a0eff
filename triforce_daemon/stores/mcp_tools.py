"""The rows of mounted servers' tools, as they were when somebody accepted them."""

from collections.abc import Iterable
from typing import TypedDict, cast

from sqlalchemy import bindparam, delete, select

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.tables import mcp_tools


class McpToolRow(TypedDict):
    """`declaration` is the JSON of what the server said, `digest` its SHA-256, `accepted` in ms."""

    server: str
    tool: str
    digest: str
    declaration: str
    accepted: int
    accepted_by: str


class McpToolStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        column = mcp_tools.c
        self._put = database.upsert(mcp_tools, ["server", "tool"], ["digest", "declaration", "accepted", "accepted_by"])
        it = (column.server == bindparam("of")) & (column.tool == bindparam("called"))
        self._delete = database.prepared(lambda: delete(mcp_tools).where(it))

    async def put(self, rows: Iterable[McpToolRow], gone: Iterable[tuple[str, str]] = ()) -> None:
        """Keep these, in place of what was kept of them, and forget those that are `gone`. Raises StorageFailed."""
        deleted = [self._delete(of=server, called=tool) for server, tool in gone]
        writes = [*(self._put(**row) for row in rows), *deleted]
        if writes:
            await self._database.write(*writes)

    async def of(self, server: str) -> dict[str, McpToolRow]:
        """What was accepted of a server, by the tools' names. Raises StorageFailed."""
        query = select(mcp_tools).where(mcp_tools.c.server == server).order_by(mcp_tools.c.tool)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return {row["tool"]: cast(McpToolRow, dict(row)) for row in rows}
