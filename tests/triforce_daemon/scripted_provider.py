"""A provider whose models live on a scripted upstream."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from triforce_daemon.errors import TriforceError
from triforce_daemon.providers.provider import Address, Progress
from triforce_daemon.wire.models import Model, PullDone, PullProgress
from triforce_daemon.wire.status import EngineStatus


class ScriptedProvider:
    name = "scripted"
    dialect = "openai_chat"

    def __init__(self, url: str, names: tuple[str, ...] = ("small", "large")) -> None:
        self._url = url
        self._names = names
        self.failure: TriforceError | None = None
        self.loading: list[PullProgress] = []
        self.held = 0
        self.streams_only = False

    def models(self) -> list[Model]:
        return [
            Model(
                id=f"scripted/{name}",
                provider="scripted",
                context=4_096,
                abilities=["chat"],
                price=None,
                state="ok",
                reason=None,
                fix=None,
                default=False,
                size_bytes=None,
                path=None,
                description=None,
            )
            for name in self._names
        ]

    def engines(self) -> list[EngineStatus]:
        return []

    @asynccontextmanager
    async def reach(self, model: str, progress: Progress) -> AsyncIterator[Address]:
        for line in self.loading:
            progress(line)
        if self.failure:
            raise self.failure
        self.held += 1
        try:
            secret = {"authorization": "Bearer scripted-secret"}
            yield Address(self._url, f"upstream-{model}", secret, streams_only=self.streams_only)
        finally:
            self.held -= 1

    async def pull(self, model: str, progress: Progress) -> PullDone:
        for line in self.loading:
            progress(line)
        if self.failure:
            raise self.failure
        return PullDone(type="done", model=f"scripted/{model}", path="/x", size_bytes=1, sha256="0", fetched=True)

    async def close(self) -> None:
        return
