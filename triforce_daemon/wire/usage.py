"""What was used: of one answer, and added up."""

from typing import Literal

from typing_extensions import TypedDict

UsageKey = Literal["model", "provider", "client", "session", "day"]


class Usage(TypedDict):
    input_tokens: int
    output_tokens: int
    estimated: bool
    """True where the provider gave no figures and the daemon counted for itself."""


class UsageItem(TypedDict):
    key: str
    requests: int
    tokens_in: int
    tokens_out: int
    cost: str | None
    """Of the requests whose cost is known; null where that is none of them."""
    currency: str | None
    unpriced: int
    """Requests that used tokens, and of which nobody knows what they cost."""
    errors: int


class UsageList(TypedDict):
    schema: str
    by: UsageKey
    since: str
    items: list[UsageItem]
    next: str | None
