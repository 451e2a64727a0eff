"""What `triforce doctor` checks."""

from typing import Literal

from typing_extensions import TypedDict


class Check(TypedDict):
    id: str
    category: str
    status: Literal["ok", "warn", "fail"]
    summary: str
    details: str | None
    fix: str | None
    ms: float


class CheckList(TypedDict):
    schema: str
    items: list[Check]
    next: str | None
