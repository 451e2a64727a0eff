"""A provider that the scriptable upstream plays: its models and its state are as the test says."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from triforce_daemon.errors import TriforceError
from triforce_daemon.providers.condition import OK, Condition
from triforce_daemon.providers.credential import NO_KEY, Credential
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.provider import Address, Progress
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.models import PullDone, PullProgress
from triforce_daemon.wire.status import EngineStatus

#: Under which name the upstream plays a dialect, with which header its keys come, and what else it wants to see.
PLAYED: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "openai_chat": ("openai", "authorization", "Bearer ", {}),
    "openai_responses": ("openai", "authorization", "Bearer ", {}),
    "anthropic": ("anthropic", "x-api-key", "", {"anthropic-version": "2023-06-01"}),
    "gemini": ("gemini", "x-goog-api-key", "", {}),
    "ollama": ("ollama", "authorization", "Bearer ", {}),
}


@dataclass
class PlayedProvider:
    """`url` may point elsewhere than to an upstream: into a black hole.

    `prefix`: how the upstream's names of its models begin. `held`: how many answers it holds right now.
    """

    name: str
    dialect: str
    url: str
    models: Sequence[Listed] = ()
    keys: Sequence[Credential] = (NO_KEY,)
    boundary: Boundary = "any"
    refresh_seconds: float = 0.0
    lists_all: bool = True
    prefix: str = ""
    streams_only: bool = False
    #: What it knows of its models; "" is the provider itself, and each model that is not named.
    conditions: dict[str, Condition] = field(default_factory=dict[str, Condition])
    failure: TriforceError | None = None
    loading: list[PullProgress] = field(default_factory=list[PullProgress])
    held: int = 0
    #: Its models in memory, and which of them were started anew.
    loaded: list[EngineStatus] = field(default_factory=list[EngineStatus])
    restarted: list[str] = field(default_factory=list[str])

    @property
    def names(self) -> list[str]:
        return [model.name for model in self.models]

    async def list_models(self) -> list[Listed]:
        return list(self.models)

    def condition(self, model: str | None = None) -> Condition:
        return self.conditions.get(model or "", self.conditions.get("", OK))

    def credentials(self) -> Sequence[Credential]:
        return self.keys

    def engines(self) -> list[EngineStatus]:
        return self.loaded

    async def restart(self, model: str) -> None:
        if self.failure:
            raise self.failure
        self.restarted.append(model)

    def at_once(self, model: str, credential: Credential) -> None:
        return

    @asynccontextmanager
    async def reach(self, model: str, credential: Credential, progress: Progress) -> AsyncIterator[Address]:
        self._load(progress)
        _, header, scheme, more = PLAYED[self.dialect]
        headers = {**more, header: f"{scheme}{credential.secret or 'anything'}"}
        self.held += 1
        try:
            yield Address(self.url, self.prefix + model, headers, streams_only=self.streams_only)
        finally:
            self.held -= 1

    async def pull(self, model: str, progress: Progress) -> PullDone:
        self._load(progress)
        return PullDone(type="done", model=f"{self.name}/{model}", path="/x", size_bytes=1, sha256="0", fetched=True)

    def _load(self, progress: Progress) -> None:
        for line in self.loading:
            progress(line)
        if self.failure:
            raise self.failure

    async def close(self) -> None:
        return


def chatting(*names: str) -> list[Listed]:
    """Models that chat, and no more."""
    return [Listed(name, context=4_096, abilities=("chat",)) for name in names]


def scripted(url: str = "http://127.0.0.1:1/v1", name: str = "scripted") -> PlayedProvider:
    """A provider on this machine with two models, of which the upstream knows the first as `upstream-small`."""
    models = chatting("small", "large")
    return PlayedProvider(name, "openai_chat", url, models, boundary="machine", prefix="upstream-")
