"""The models on an Ollama's disk: fetched and deleted by its own API: https://docs.ollama.com/api/pull"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.dialects.lines import Lines
from triforce_daemon.errors import ModelFetchFailed, ModelNotFound, TriforceError, UpstreamFailed
from triforce_daemon.outbound.client import Outbound, Reply, Timeouts
from triforce_daemon.providers.catalog import Row
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.hush import hushed
from triforce_daemon.providers.provider import Progress
from triforce_daemon.wire.models import PullDone, PullProgress

#: A model may have hundreds of gigabytes; what counts is that something comes.
_TIMEOUTS = Timeouts(connect=5, first_byte=60, idle=60, total=86_400)

Phase = Literal["resolving", "fetching", "unpacking", "checking", "loading"]


@dataclass(frozen=True, slots=True)
class OllamaModels:
    row: Row
    dialect: Dialect
    outbound: Outbound

    async def pull(self, model: str, credential: Credential, progress: Progress) -> PullDone:
        """Raises ModelFetchFailed with the server's own words, and what the network came to."""
        id = f"{self.row.name}/{model}"
        size = 0
        fetched = False
        async with aclosing(self._told(model, credential)) as lines:
            async for line in lines:
                if isinstance(error := line.get("error"), str):
                    failed = ModelFetchFailed(f"{self.row.title} cannot fetch {model}: {error}.", "Check its name.")
                    raise hushed(failed, self._headers(credential))
                done, total = _count(line, "completed"), _count(line, "total")
                fetched = fetched or bool(done)
                size = max(size, total or 0)
                progress(
                    PullProgress(type="model.loading", model=id, phase=_phase(line), done_bytes=done, total_bytes=total)
                )
        return PullDone(type="done", model=id, path=None, size_bytes=size or None, sha256=None, fetched=fetched)

    async def remove(self, model: str, credential: Credential) -> None:
        """Raises ModelNotFound, and what the server or the network came to."""
        with await self.outbound.send(
            "DELETE",
            self.row.url("/api/delete"),
            headers=self._headers(credential),
            body=orjson.dumps({"model": model}),
            timeouts=_TIMEOUTS,
        ) as reply:
            if reply.status == 404:
                raise ModelNotFound(f"{self.row.title} has no model {model}.", "`triforce models list` shows them.")
            if reply.status != 200:
                raise await self._refusal(reply, credential)

    async def _told(self, model: str, credential: Credential) -> AsyncGenerator[dict[str, Any]]:
        """What the server says while it fetches."""
        lines = Lines()
        with await self.outbound.send(
            "POST",
            self.row.url("/api/pull"),
            headers=self._headers(credential),
            body=orjson.dumps({"model": model, "stream": True}),
            timeouts=_TIMEOUTS,
        ) as reply:
            if reply.status != 200:
                raise await self._refusal(reply, credential)
            async with aclosing(reply.chunks()) as chunks:
                async for chunk in chunks:
                    for line in lines.feed(chunk):
                        yield _object(line)
            for line in lines.end():
                yield _object(line)

    async def _refusal(self, reply: Reply, credential: Credential) -> TriforceError:
        return hushed(self.dialect.read_error(reply.status, await reply.read_refusal()), self._headers(credential))

    def _headers(self, credential: Credential) -> dict[str, str]:
        return {"content-type": "application/json", **self.row.headers_with(credential.secret)}


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise UpstreamFailed("The provider sent something that is not a JSON object.", "Try again.")
    return value  # pyright: ignore[reportUnknownVariableType] - any JSON object


def _count(line: dict[str, Any], name: str) -> int | None:
    value = line.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _phase(line: dict[str, Any]) -> Phase:
    status = str(line.get("status", ""))
    if "total" in line:
        return "fetching"
    if status.startswith("verifying"):
        return "checking"
    return "resolving" if status.startswith("pulling") else "unpacking"
