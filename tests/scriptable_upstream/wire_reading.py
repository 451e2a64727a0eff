"""Raw sockets for tests: what really arrives, read by read."""

import asyncio
import json
import re
import socket
from dataclasses import dataclass, field
from typing import Any

from tests.scriptable_upstream.upstream import Upstream

QUESTION: dict[str, Any] = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello?"}]}
CHAT = "/openai/v1/chat/completions"
END = b"0\r\n\r\n"
#: How long one waits for what should not come any more.
SETTLING = 0.03


@dataclass
class Arrived:
    """Everything that came over a connection until it ended or fell silent; `reset` and `closed` say how it ended."""

    reads: list[bytes] = field(default_factory=list[bytes])
    times: list[float] = field(default_factory=list[float])
    reset: bool = False
    closed: bool = False

    @property
    def raw(self) -> bytes:
        return b"".join(self.reads)

    @property
    def head(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[0]

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def complete(self) -> bool:
        """Whether the HTTP message has come to its end."""
        told = re.search(rb"Content-Length: (\d+)", self.head)
        if told:
            return len(self.body) >= int(told[1])
        return self.raw.endswith((b"\r\n" + END, b"\r\n\r\n")) and b"\r\n0\r\n" in self.raw[-200:]

    @property
    def chunks(self) -> list[bytes]:
        """The pieces of a chunked body that are complete."""
        found: list[bytes] = []
        rest = self.body
        while rest:
            size, _, after = rest.partition(b"\r\n")
            length = int(size, 16) if size else 0
            if not length or len(after) < length + 2:
                break
            found.append(after[:length])
            rest = after[length + 2 :]
        return found

    @property
    def text(self) -> bytes:
        return b"".join(self.chunks)

    @property
    def events(self) -> list[bytes]:
        """The server-sent events, without the blank line after each."""
        return [event for event in self.text.replace(b"\r\n", b"\n").split(b"\n\n") if event]


def request_bytes(body: Any, path: str = CHAT, method: str = "POST", **headers: str) -> bytes:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {"Host": "localhost", "Content-Length": str(len(data)), **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in named.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


async def ask(
    upstream: Upstream, plan: str = "", *, stream: bool = True, quiet: float = 0.3, within: float = 20.0, **more: Any
) -> Arrived:
    """Asks for a chat under a plan and reads until the end, or until nothing has come for `quiet` seconds."""
    options: dict[str, Any] = {"stream_options": {"include_usage": True}} if stream else {}
    body = QUESTION | {"stream": stream} | options | more
    headers = {"x-upstream-plan": plan} if plan else {}
    return await exchange(upstream, request_bytes(body, **headers), quiet, within)


async def exchange(upstream: Upstream, data: bytes, quiet: float = 0.3, within: float = 20.0) -> Arrived:
    loop = asyncio.get_running_loop()
    arrived = Arrived()
    with socket.socket() as client:
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", upstream.port))
        await loop.sock_sendall(client, data)
        await read_on(client, arrived, quiet, within)
    return arrived


async def read_on(client: socket.socket, arrived: Arrived, quiet: float, within: float = 20.0) -> None:
    """Reads more, until the connection ends or is silent; what follows a complete message has less time to come."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    try:
        while loop.time() < deadline:
            patience = SETTLING if arrived.complete else quiet
            read = await asyncio.wait_for(loop.sock_recv(client, 1 << 20), patience)
            if not read:
                arrived.closed = True
                return
            arrived.reads.append(read)
            arrived.times.append(loop.time())
    except ConnectionResetError:
        arrived.reset = True
    except TimeoutError:
        return
