"""A web server on this machine that answers each path with the bytes that a test gives it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Answer:
    body: bytes | str = b""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def written(self) -> bytes:
        body = self.body.encode() if isinstance(self.body, str) else self.body
        named = {"Content-Type": self.type, "Content-Length": str(len(body)), **self.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        return f"HTTP/1.1 {self.status} So\r\n{head}\r\n".encode() + body


@dataclass
class Site:
    """`answers`: by path; what it does not know is a 404."""

    answers: dict[str, Answer] = field(default_factory=dict[str, Answer])
    port: int = 0
    #: What was asked for, with the query, and the heads of the requests.
    asked: list[str] = field(default_factory=list[str])
    heads: list[str] = field(default_factory=list[str])
    #: How many requests were answered at the same time at most.
    most_at_once: int = 0
    at_once: int = 0
    open: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def query(self, number: int = -1) -> dict[str, str]:
        """The parameters of a request."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.asked[number]).query).items()}

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.open[task] = writer
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                path = head.split()[1]
                self.asked.append(path)
                self.heads.append(head)
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                await asyncio.sleep(0)
                writer.write(self.answers.get(path.partition("?")[0], Answer("nothing here", 404)).written())
                await writer.drain()
                self.at_once -= 1
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@asynccontextmanager
async def site(answers: Mapping[str, Answer | str]) -> AsyncGenerator[Site]:
    """One that runs; a text alone is a page of HTML."""
    made = {path: Answer(answer) if isinstance(answer, str) else answer for path, answer in answers.items()}
    running = Site(made)
    server = await asyncio.start_server(running.handle, "127.0.0.1", 0)
    running.port = server.sockets[0].getsockname()[1]
    try:
        yield running
    finally:
        server.close()
        for writer in running.open.values():
            writer.transport.abort()
        await asyncio.gather(*running.open)
