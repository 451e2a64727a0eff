"""Tools: what there is to call, whether it can be called here, and what came of a call."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from triforce_daemon.wire.errors import ErrorBody
from triforce_daemon.wire.tiers import TierName

Effect = Literal["read", "write", "destroy", "exec"]
"""`read` changes nothing. `write` adds or computes. `destroy` may take away what cannot be had again: it needs an
approval. `exec` runs code."""

ToolTier = TierName | Literal["admin"]
"""The lowest tier that may call; `admin` is a role."""


class Tool(TypedDict):
    name: str
    category: str
    server: str
    """Where it comes from: `triforce`, or the name of a mounted server."""
    title: str
    description: str
    tier: ToolTier
    scope: str
    """What a token or an account must have been granted."""
    effect: Effect
    idempotent: bool
    open_world: bool
    """Whether it reaches beyond the daemon's own machine."""
    approval: bool
    """Whether somebody else has to agree to each call."""
    available: bool
    reason: str | None
    """Why it cannot be called here."""
    fix: str | None
    schema_tokens: int
    """About how much of a model's context its description takes."""


class ToolParameter(TypedDict):
    name: str
    type: str
    required: bool
    default: Any
    description: str


class ToolDetail(Tool):
    schema: str
    parameters: list[ToolParameter]
    input_schema: dict[str, Any]
    output_schema: dict[str, Any] | None
    """null: it returns content of several kinds."""
    formerly: list[str]
    """Names under which it is called as well."""
    usage: str


class ToolList(TypedDict):
    schema: str
    items: list[Tool]
    next: str | None


class FoundTool(Tool):
    score: float


class ToolSearch(TypedDict):
    schema: str
    items: list[FoundTool]
    next: str | None


class Toolset(TypedDict):
    name: str
    tools: int
    """How many of it the caller may call."""
    schema_tokens: int


class ToolsetList(TypedDict):
    schema: str
    items: list[Toolset]
    next: str | None


class LoggedCall(TypedDict):
    ts: str
    caller: str | None
    """null: somebody who was erased."""
    tool: str
    via: str
    """How it was asked for: `api`, `mcp`, `chat` or `peer`."""
    arguments: str
    """SHA-256 of the arguments; they themselves are not kept."""
    status: str
    """`ok`, or the code of the error."""
    ms: int
    receipt: str | None
    """The request's id: `triforce receipt` shows it."""


class ToolLogPage(TypedDict):
    schema: str
    items: list[LoggedCall]
    next: str | None


class ToolRun(TypedDict):
    """What to call a tool with: `arguments` as JSON, or `words` as somebody types them, like `limit=5`."""

    arguments: NotRequired[dict[str, Any]]
    words: NotRequired[list[str]]
    approved: NotRequired[bool]
    """A person agrees at his own terminal; what a token says of itself counts for nothing."""
    folder: NotRequired[str]
    """Where the caller stands; counts for the daemon's own user alone."""
    stream: NotRequired[bool]
    """Whether to hear how far it is: the answer is an event stream then."""


class ToolResult(TypedDict):
    schema: str
    tool: str
    ok: bool
    value: dict[str, Any] | None
    """What the tool returned, as its output schema has it; null where it failed."""
    error: ErrorBody | None
    ms: int
    receipt: str
    """The request's id, under which the audit has this call."""
    changes: list[str]
    """What was changed, in words; `triforce undo` reverses it."""
    content: list[Mapping[str, Any]]
    """What a value cannot hold, as content blocks of MCP: text, pictures, files."""
