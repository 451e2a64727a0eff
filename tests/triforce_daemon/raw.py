"""Bytes to a port, and what comes back: for what no client library would send."""

import asyncio
import ssl
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    status: int
    head: str
    body: bytes


async def exchange(port: int, *pieces: bytes, pause: float = 0.0, context: ssl.SSLContext | None = None) -> bytes:
    """All that comes until the other end closes, or says nothing for a while after its last word."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    got = b""
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        while more := await asyncio.wait_for(reader.read(65_536), 0.3 if got else 5):
            got += more
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.transport.abort()
    return got


def answers(got: bytes) -> list[Answer]:
    """The answers in what came; each has a content-length."""
    found: list[Answer] = []
    while got:
        head, _, rest = got.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        named = dict(line.lower().split(": ", 1) for line in lines[1:])
        length = int(named.get("content-length", 0))
        found.append(Answer(int(lines[0].split()[1]), head.decode(), rest[:length]))
        got = rest[length:]
    return found


def statuses(got: bytes) -> list[int]:
    return [answer.status for answer in answers(got)]
