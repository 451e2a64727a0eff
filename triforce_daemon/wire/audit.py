"""The audit: what was decided, by whom, and whether its chain is whole; the receipt of one request."""

from typing import Literal

from typing_extensions import TypedDict

from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.sessions import TurnState

AuditKind = Literal["request", "login", "refusal", "tool", "change", "daemon", "audit"]
"""`audit` is what concerns the audit itself: what was pruned, and that somebody was erased."""


class AuditItem(TypedDict):
    id: str
    """The chain and the row's number in it: `9f2c…/12`."""
    ts: str
    kind: AuditKind
    request: str | None
    caller: str | None
    """Who did it or asked for it; null where that is nobody, or somebody who was erased."""
    subject: str | None
    """Whom it was done to."""
    address: str | None
    """From where, as far as that is still known."""
    what: str
    """In a few words."""
    document: dict[str, object]
    hash: str


class AuditList(TypedDict):
    schema: str
    items: list[AuditItem]
    next: str | None


class AuditChain(TypedDict):
    """What was found of one daemon's chain."""

    chain: str
    own: bool
    """Whether it is that of the daemon that was asked."""
    ok: bool
    rows: int
    pruned: int
    """Rows that are gone because their time was over."""
    segments: int
    unsigned: int
    """Rows behind the last segment, which are signed within minutes."""
    key: str | None
    """The public key (Ed25519) that signs it, in hexadecimal."""
    last: int
    """The number of its last row, and that row's hash: to be noted elsewhere, and compared later."""
    hash: str
    place: str | None
    """Where it is broken first, and how."""
    reason: str | None


class AuditCheck(TypedDict):
    schema: str
    ok: bool
    items: list[AuditChain]


class RouteAttempt(TypedDict):
    model: str
    status: int | None
    """What the provider answered; null where he did not."""
    error: str | None
    ms: int | None
    """Until it answered or failed; null where it was not asked."""


class Receipt(TypedDict):
    """The audit record of one request."""

    schema: str
    id: str
    ts: str
    caller: str | None
    token: str | None
    """The id of the token that was shown."""
    listener: str | None
    asked: str | None
    """The model or alias that was named; null where a tool was called by itself."""
    model: str | None
    provider: str | None
    route: list[RouteAttempt]
    boundary: Boundary | None
    state: TurnState
    error: str | None
    truncated: bool
    """Whether it broke off after its beginning was sent."""
    tokens_in: int
    tokens_out: int
    estimated: bool
    cost: str | None
    currency: str | None
    total_ms: int
    tools: list[dict[str, object]]
    """The calls of tools: `tool`, `via`, `arguments` (a digest), `ms`, `error`."""
    approvals: list[dict[str, object]]
    audit: str
    """Which row of the audit this is."""
    hash: str
    verified: bool | None
    """Whether row and signature hold; null: it was not asked for, or the row is not signed yet."""
    reason: str | None
    """Why not."""
