"""What somebody may use, and what is left of it."""

from typing import Literal

from typing_extensions import TypedDict


class Limit(TypedDict):
    scope: str
    """Whose use is counted together: `account`, `token`, `guests` or `daemon`."""
    kind: Literal["requests", "parallel", "tokens", "spend"]
    window: Literal["minute", "now", "day", "month", "total"]
    """In which time; days and months are those of UTC, `now` is what is under way."""
    limit: int | str
    """Of `spend`, this and the next two are dollars as decimal text."""
    used: int | str
    """What is held for requests under way counts as used."""
    remaining: int | str
    resets_at: str | None
    """When all of it is there again; null: it does not come back, or nothing is used."""
    empty_at: str | None
    """When it will be used up if all goes on as within this window so far; null: not before `resets_at`."""


class LimitList(TypedDict):
    schema: str
    items: list[Limit]
    """None: nothing limits him."""
    next: str | None
