"""A provider whose models live on a scripted upstream."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from triforce_daemon.errors import TriforceError
from triforce_daemon.providers.condition import OK, Condition
from triforce_daemon.providers.credential import NO_KEY, Credential
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.provider import Address, Progress
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.models import PullDone, PullProgress
from triforce_daemon.wire.status import EngineStatus


class ScriptedProvider:
    name = "scripted"
    dialect = "openai_chat"
    boundary: Boundary = "machine"
    refresh_seconds = 0.0

    def __init__(self, url: str, names: tuple[str, ...] = ("small", "large")) -> None:
        self._url = url
        self.names = names
        #: What it knows of its models; "" is the provider itself.
        self.conditions: dict[str, Condition] = {}
        self.keys: Sequence[Credential] = (NO_KEY,)
        self.failure: TriforceError | None = None
        self.loading: list[PullProgress] = []
        self.held = 0
        self.streams_only = False

    async def list_models(self) -> list[Listed]:
        return [Listed(name, context=4_096, abilities=("chat",)) for name in self.names]

    def condition(self, model: str | None = None) -> Condition:
        return self.conditions.get(model or "", OK)

    def credentials(self) -> Sequence[Credential]:
        return self.keys

    def engines(self) -> list[EngineStatus]:
        return []

    @asynccontextmanager
    async def reach(self, model: str, credential: Credential, progress: Progress) -> AsyncIterator[Address]:
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
