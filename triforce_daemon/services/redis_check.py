"""Whether the Redis in which daemons count together answers: asked over a connection of its own."""

from collections.abc import Awaitable, Callable
from typing import Literal

#: Why it does not answer; None: it does.
Ask = Callable[[], Awaitable[str | None]]


async def redis_finding(ask: Ask) -> tuple[Literal["ok", "fail"], str, str | None]:
    """A finding of the doctor's."""
    trouble = await ask()
    if trouble is None:
        return "ok", "Redis answers", None
    fix = "Start it, or see `triforce config get redis.url`. Meanwhile each daemon gives out a part of each limit."
    return "fail", f"Redis does not answer: {trouble}", fix
