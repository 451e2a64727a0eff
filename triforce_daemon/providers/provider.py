"""What the router asks of anything that answers a chat."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from triforce_daemon.wire.models import Model, PullDone, PullProgress
from triforce_daemon.wire.status import EngineStatus

Progress = Callable[[PullProgress], None]


@dataclass(frozen=True, slots=True)
class Address:
    """Where an answer is to be had, and under which name the upstream knows the model."""

    url: str
    model: str
    headers: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    unix_socket: str | None = None
    #: Only a stream says in time that it goes on, and ends in time when nobody listens: whole answers are gathered.
    streams_only: bool = False


class Provider(Protocol):
    """`name` is the first part of a model's id, `dialect` the wire format that it speaks."""

    name: str
    dialect: str

    def models(self) -> list[Model]:
        """What can be had here, with its state; never raises."""
        ...

    def engines(self) -> list[EngineStatus]:
        """The models that are in this machine's memory."""
        ...

    def reach(self, model: str, progress: Progress) -> AbstractAsyncContextManager[Address]:
        """Make `model` (the name without the provider) answerable and hold it so while the context is open.

        May take long (fetching, loading) and says so through `progress`. Raises ProviderUnavailable or one below.
        """
        ...

    async def pull(self, model: str, progress: Progress) -> PullDone:
        """Fetch what `model` needs; done at once where it is here. Raises ProviderUnavailable or a class below it."""
        ...

    async def close(self) -> None:
        """End what was started."""
        ...
