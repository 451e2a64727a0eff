"""A mounted server's tool: what it says of it, beside what somebody has accepted of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import orjson

from triforce_daemon.mcp_client.foreign_schema import Unfit
from triforce_daemon.mcp_client.offer import Offer, full_name, offer_of
from triforce_daemon.mcp_client.plain_text import plain_line
from triforce_daemon.stores.mcp_tools import McpToolRow
from triforce_daemon.wire.mcp_servers import McpToolState

_LONGEST = 128

_REASONS: Mapping[McpToolState, str] = {
    "changed": "what the server says of it is not what was accepted",
    "new": "nobody has accepted it yet",
    "gone": "the server has it no more",
}


@dataclass(frozen=True, slots=True)
class MountedTool:
    #: As it is called here, and as the server calls it.
    name: str
    tool: str
    state: McpToolState
    reason: str | None = None
    #: What the server says now; None where it says nothing of it, or nothing that is fit.
    offer: Offer | None = None
    row: McpToolRow | None = None

    @property
    def accepted(self) -> Offer | None:
        """What it is offered as here; None: it is not."""
        if self.state in ("new", "unfit") or self.row is None:
            return None
        if self.offer is not None and self.offer.digest == self.row["digest"]:
            return self.offer
        try:
            return offer_of(orjson.loads(self.row["declaration"]))
        except Unfit:
            return None

    @property
    def digest(self) -> str | None:
        """Of what it is about to be accepted as."""
        if self.offer is not None:
            return self.offer.digest
        return self.row["digest"] if self.row is not None else None

    @property
    def waits(self) -> bool:
        """Whether an admin has to look at it."""
        return self.state in ("changed", "new", "gone")


def compared(
    server: str, patterns: Iterable[str], said: Iterable[Mapping[str, Any]], rows: Mapping[str, McpToolRow]
) -> list[MountedTool]:
    """Every tool that the server has or had, in its own order, beside what was accepted; each name is there once."""
    wanted = list(patterns)
    found: dict[str, MountedTool] = {}
    for item in said:
        tool = item.get("name")
        tool = tool if isinstance(tool, str) else ""
        if not wanted or any(fnmatchcase(tool, pattern) for pattern in wanted):
            one = _compared(server, tool, item, rows.get(tool))
            if one.name in found:
                one = MountedTool(f"{one.name}#{len(found)}", one.tool, "unfit", f"{one.name} is another tool's name")
            found[one.name] = one
    there = {one.tool for one in found.values()}
    for tool, row in rows.items():
        if tool not in there and full_name(server, tool) not in found:
            name = full_name(server, tool)
            found[name] = MountedTool(name, tool, "gone", _REASONS["gone"], row=row)
    return list(found.values())


def remembered(server: str, rows: Mapping[str, McpToolRow]) -> list[MountedTool]:
    """What was accepted of a server that has not been asked yet."""
    return [MountedTool(full_name(server, tool), tool, "offered", row=row) for tool, row in rows.items()]


def _compared(server: str, tool: str, said: Mapping[str, Any], row: McpToolRow | None) -> MountedTool:
    try:
        offer = offer_of(said)
    except Unfit as why:
        shown = plain_line(tool, _LONGEST)
        return MountedTool(full_name(server, shown), shown, "unfit", str(why))
    state: McpToolState = "new" if row is None else "offered" if row["digest"] == offer.digest else "changed"
    return MountedTool(full_name(server, tool), tool, state, _REASONS.get(state), offer, row)
