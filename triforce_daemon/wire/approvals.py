"""Approvals: calls of tools to which somebody else has to agree."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

ApprovalState = Literal["pending", "granted", "denied", "used", "revoked", "expired"]


class Approval(TypedDict):
    id: str
    tool: str
    asker: str
    arguments: str
    """As JSON, cut where it is very long."""
    args_digest: str
    """SHA-256 of all of them: it is to exactly these that somebody agrees."""
    state: ApprovalState
    asked_at: str
    expires_at: str
    answered_at: str | None
    answered_by: str | None
    until: str | None
    """Until when every call of that tool by that asker is agreed to; null: this one alone."""


class ApprovalDetail(Approval):
    schema: str


class ApprovalList(TypedDict):
    schema: str
    items: list[Approval]
    next: str | None


class ApprovalAnswer(TypedDict):
    verdict: Literal["granted", "denied"]
    until: NotRequired[str | None]
    """A moment (RFC 3339) until which all further calls of that tool by that asker are agreed to."""
