"""A world in which time passes only when somebody sleeps, and providers that answer nothing by themselves."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from triforce_daemon.providers.condition import OK, Condition
from triforce_daemon.providers.credential import NO_KEY, Credential
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.provider import Address, Progress
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.candidates import Candidate
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.models import PullDone
from triforce_daemon.wire.status import EngineStatus


class SimulatedClock(Clock):
    """`slept` holds every wait."""

    def __init__(self, start: float = 1_000.0) -> None:
        self.moment = start
        self.slept: list[float] = []

    def now_ms(self) -> int:
        return int((1_795_000_000 + self.moment) * 1_000)

    def ticks(self) -> float:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += seconds


@dataclass
class SimulatedProvider:
    """Only its words count; nothing is sent to it."""

    name: str = "groq"
    keys: Sequence[Credential] = (NO_KEY,)
    boundary: Boundary = "any"
    state: Condition = OK
    dialect: str = "openai_chat"
    refresh_seconds: float = 3_600
    lists_all: bool = True
    listed: list[Listed] = field(default_factory=list)

    async def list_models(self) -> list[Listed]:
        return self.listed

    def condition(self, model: str | None = None) -> Condition:
        return self.state

    def credentials(self) -> Sequence[Credential]:
        return self.keys

    def engines(self) -> list[EngineStatus]:
        return []

    def at_once(self, model: str, credential: Credential) -> Address | None:
        raise NotImplementedError

    def reach(self, model: str, credential: Credential, progress: Progress) -> AbstractAsyncContextManager[Address]:
        raise NotImplementedError

    async def pull(self, model: str, progress: Progress) -> PullDone:
        raise NotImplementedError

    async def close(self) -> None:
        return


def key(name: str) -> Credential:
    return Credential(name, f"secret-of-{name}", "vault")


def candidate(provider: SimulatedProvider, name: str = "llama", listed: Listed | None = None) -> Candidate:
    return Candidate(provider, name, listed)
