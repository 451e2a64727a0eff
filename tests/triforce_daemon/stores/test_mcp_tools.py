"""Accepted tools as rows."""

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.mcp_tools import McpToolRow, McpToolStore


def row(tool: str, digest: str = "d", server: str = "files") -> McpToolRow:
    return McpToolRow(server=server, tool=tool, digest=digest, declaration="{}", accepted=1, accepted_by="owner")


async def test_what_is_accepted_anew_takes_the_place_of_what_was(database: Database) -> None:
    store = McpToolStore(database)
    await store.put([row("read"), row("list"), row("read", server="other")])
    await store.put([row("read", "e")], gone=[("files", "list")])
    await store.put([])
    assert await store.of("files") == {"read": row("read", "e")}
    assert await store.of("other") == {"read": row("read", server="other")}
    assert await store.of("nobody") == {}
