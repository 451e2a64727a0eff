"""Reads an answer that comes in one piece, and gives up on one that only drips."""

import asyncio

from triforce_daemon.errors import UpstreamFailed, UpstreamTimeout
from triforce_daemon.outbound.client import Reply

#: The longest answer that is read in one piece, in bytes.
ANSWER_LIMIT = 64 << 20
#: Below this rate, in bytes a second, a body that has begun is not worth waiting for.
FLOOR = 1_000


async def read_whole(reply: Reply, grace: float) -> bytes:
    """The body. Raises UpstreamFailed where it is too long, UpstreamTimeout where it comes too slowly.

    The rate counts from the first byte that is no blank, after `grace` seconds: some providers send blanks while the
    model thinks.
    """
    # Most answers are here when their head is.
    if (whole := reply.at_once()) is not None:
        return whole.lstrip()
    body = bytearray()
    began: float | None = None
    ticks = asyncio.get_running_loop().time
    while piece := await reply.piece():
        body += piece if body else piece.lstrip()
        if len(body) > ANSWER_LIMIT:
            reply.close()
            raise UpstreamFailed(f"The provider sent more than the {ANSWER_LIMIT:,} bytes that an answer may have.")
        if began is None:
            began = ticks() if body else None
        elif (took := ticks() - began) > grace and len(body) < FLOOR * took:
            reply.close()
            raise UpstreamTimeout(f"The provider sent its answer too slowly: {len(body):,} bytes in {took:.0f} s.")
    return bytes(body)
