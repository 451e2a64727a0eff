"""Mounted servers of MCP: whether they run, what they offer, and what of it an admin has to look at."""

from typing import Literal

from typing_extensions import TypedDict

McpServerState = Literal["off", "starting", "up", "down"]

McpToolState = Literal["offered", "changed", "new", "gone", "unfit"]
"""`changed`: the server says something else of it than what was accepted. `new`: nobody has accepted it yet. `gone`:
the server has it no more. `unfit`: it cannot be offered. All but the first are not called."""


class McpTool(TypedDict):
    name: str
    """As it is called here: `server__tool`."""
    tool: str
    """As the server calls it."""
    state: McpToolState
    reason: str | None
    """Why it is not called."""
    description: str
    """What the server says of it now; what it said last where it is gone."""
    accepted_description: str | None
    """What it said when it was accepted; null: it never was."""
    schema_changed: bool
    """Whether its parameters, its result or its hints are others than those that were accepted."""
    digest: str | None
    """Of what it says now; whoever accepts it says with this what he has seen."""
    accepted_at: str | None
    accepted_by: str | None


class McpServer(TypedDict):
    name: str
    state: McpServerState
    reason: str | None
    """Why it is down, and what its program said last."""
    since: str
    way: Literal["command", "url"]
    place: str
    """The command or the address."""
    program: str | None
    """What it calls itself."""
    protocol: str | None
    """The revision of MCP that it speaks."""
    confined: bool | None
    """Whether its program is shut in; null: it does not run, or is none of ours."""
    pid: int | None
    restarts: int
    tools: int
    """How many of its tools are offered."""
    waiting: int
    """How many wait for an admin to accept them."""


class McpServerDetail(McpServer):
    schema: str
    items: list[McpTool]


class McpServerList(TypedDict):
    schema: str
    items: list[McpServer]
    next: str | None


class McpServerTest(TypedDict):
    """What a second connection to a server has found, which is over again."""

    schema: str
    name: str
    ok: bool
    reason: str | None
    ms: int
    program: str | None
    protocol: str | None
    confined: bool | None
    tools: list[str]


class McpServerAccepted(TypedDict):
    schema: str
    name: str
    accepted: list[str]
    """The tools that are called from now on, and those that are gone for good."""


class McpServerAccept(TypedDict):
    tools: dict[str, str]
    """The digests of what was seen, by the tools' names."""


class McpServerLog(TypedDict):
    schema: str
    name: str
    lines: list[str]
    """The end of what its program has written to its standard error."""
