"""The daemon in front of the scriptable upstream: requests as a client of each dialect sends them."""

import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from sqlalchemy import text

from tests.scriptable_upstream.server import serve as serve_upstream
from tests.scriptable_upstream.upstream import Upstream
from tests.triforce_daemon.played_provider import PLAYED, PlayedProvider
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.listed import Listed

MODELS = [Listed(name, abilities=("chat", "tools", "vision", "json_schema")) for name in ("m", "second")]


@dataclass
class Told:
    """What a client got."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float
    #: When each piece of the body came, in seconds since the request was sent.
    moments: list[float] = field(default_factory=list)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Gateway:
    upstream: Upstream
    served: ServedDaemon
    providers: dict[str, PlayedProvider]

    async def chat(self, model: str = "groq/m", *, stream: bool = True, **more: Any) -> Told:
        """By OpenAI's chat completions."""
        headers = more.pop("headers", {})
        body = {"model": model, "messages": [{"role": "user", "content": "hi"}], "stream": stream, **more}
        return await self.post("/v1/chat/completions", body, headers)

    async def post(self, path: str, body: object, headers: dict[str, str] | None = None) -> Told:
        began = time.monotonic()
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.served.client.post(f"http://triforced{path}", data=data, headers=headers) as reply:
            pieces, moments = [], []
            async for piece in reply.content.iter_any():
                pieces.append(piece)
                moments.append(time.monotonic() - began)
            found = {name.lower(): value for name, value in reply.headers.items()}
            return Told(reply.status, found, b"".join(pieces), time.monotonic() - began, moments)

    async def ledger(self) -> list[dict[str, Any]]:
        async with self.served.database.read() as connection:
            found = await connection.execute(text("SELECT * FROM ledger ORDER BY ts"))
            return [dict(row) for row in found.mappings()]


#: The providers of a gateway by name, with what each speaks.
SPOKEN = {
    "groq": "openai_chat",
    "mistral": "openai_chat",
    "codex": "openai_responses",
    "claude": "anthropic",
    "google": "gemini",
    "llama": "ollama",
}


@asynccontextmanager
async def gateway(
    folder: str, keys: Sequence[str] = (), elsewhere: dict[str, str] | None = None, **flags: str
) -> AsyncIterator[Gateway]:
    """`keys`: of the provider `groq`; `elsewhere`: base URLs of providers that the upstream does not play."""
    async with serve_upstream() as upstream:
        providers = {
            name: PlayedProvider(name, dialect, upstream.base_url(PLAYED[dialect][0]), MODELS)
            for name, dialect in SPOKEN.items()
        }
        for name, url in (elsewhere or {}).items():
            providers[name].url = url
        if keys:
            providers["groq"].keys = [Credential(key, key, "vault") for key in keys]
        async with serve(folder, lambda _: list(providers.values()), upstream, **flags) as served:
            yield Gateway(upstream, served, providers)


async def read_until(reply: aiohttp.ClientResponse, needle: bytes, times: int = 1) -> bytes:
    """The body up to the n-th occurrence of `needle`."""
    body = b""
    while body.count(needle) < times:
        piece = await reply.content.readany()
        assert piece, body
        body += piece
    return body
