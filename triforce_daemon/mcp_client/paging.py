"""Lists of a mounted server, page by page, as far as anybody wants them."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from mcp_types import PaginatedRequestParams

MOST_ITEMS = 512
MOST_PAGES = 50
#: Of all of them together.
MOST_BYTES = 8 << 20

#: Turns what goes wrong into what the rest of the daemon knows.
Told = Callable[[Awaitable[Any]], Awaitable[Any]]


async def paged(ask: Callable[..., Awaitable[Any]], field: str, told: Told) -> list[dict[str, Any]]:
    """The items in `field` of each page, in MCP's own words. Raises what `told` does."""
    found: list[dict[str, Any]] = []
    room = MOST_BYTES
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await told(ask(params=PaginatedRequestParams(cursor=cursor)))
        for one in getattr(page, field):
            item = one.model_dump(by_alias=True, mode="json", exclude_none=True)
            room -= len(orjson.dumps(item))
            if room < 0 or len(found) >= MOST_ITEMS:
                return found
            found.append(item)
        cursor = page.next_cursor
        if cursor is None:
            break
    return found
