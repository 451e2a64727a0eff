"""API tokens: what they may do, and never what they are, but for the one time that one is made."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from triforce_daemon.wire.boundary import Boundary

Scope = Literal[
    "inference",
    "read",
    "sessions",
    "memory",
    "account",
    "tools",
    "tools:write",
    "tools:exec",
    "tools:mounted",
    "agents",
    "admin",
]
"""`inference`: ask models, by any API, and list them. `read`: status, models in detail, its own usage. `sessions`:
conversations of its own. `memory`: a memory of its own. `account`: the tokens of the account that it belongs to, none
wider than itself. `tools`: call tools that change nothing; `tools:write`, `tools:exec`, `agents` and `admin` also those
that write, run code, drive agents or administer; `tools:mounted` those of mounted servers of MCP."""

Grant = Literal["tools:write", "tools:exec", "tools:mounted", "agents"]
"""What an account may do only where an admin has granted it."""


class Token(TypedDict):
    id: str
    name: str
    scopes: list[Scope]
    models: list[str]
    """Patterns of models that it may ask, like `groq/*`; none: all."""
    boundary: Boundary
    created: str
    expires: str | None
    last_used: str | None
    """To the minute; null: never."""
    revoked: str | None
    user: str | None
    """The name of the account that it belongs to; null: the daemon's owner."""
    requests_per_minute: int | None
    """Of its own, within what its holder may; null: no limit."""
    spend: str | None
    """A cap in dollars, in all or in a time: `5`, `2.50/day`, `100/month`; null: none."""


class TokenRequest(TypedDict):
    name: str
    scopes: NotRequired[list[Scope]]
    models: NotRequired[list[str]]
    boundary: NotRequired[Boundary]
    expires: NotRequired[str | None]
    requests_per_minute: NotRequired[int | None]
    spend: NotRequired[str | None]


class NewToken(Token):
    schema: str
    token: str
    """The secret itself, which is not kept and cannot be had again."""


class TokenDetail(Token):
    schema: str


class TokenList(TypedDict):
    schema: str
    items: list[Token]
    next: str | None
