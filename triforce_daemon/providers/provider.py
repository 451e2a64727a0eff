"""What the router asks of anything that answers a chat."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.listed import Listed
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.models import PullDone, PullProgress
from triforce_daemon.wire.status import EngineStatus

Progress = Callable[[PullProgress], None]
#: Makes a body one that the provider takes, and names what that cost; the body itself stays as it is. Raises
#: InvalidRequest for what the provider cannot take at all.
Fit = Callable[[dict[str, Any]], tuple[dict[str, Any], list[str]]]


@dataclass(slots=True)
class Address:
    """Where an answer is to be had, and under which name the upstream knows the model. Nobody changes one."""

    url: str
    model: str
    headers: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    unix_socket: str | None = None
    #: Only a stream says in time that it goes on, and ends in time when nobody listens: whole answers are gathered.
    streams_only: bool = False
    #: It knows no tools, but can be held to a form: calls are asked for and read as `services/tool_emulation` has them.
    emulates_tools: bool = False
    #: To be called with every body just before it is sent; None: the provider takes what its dialect says.
    fit: Fit | None = None


class Provider(Protocol):
    """`name` is the first part of a model's id, `dialect` the wire format that it speaks."""

    name: str
    dialect: str
    #: Where a prompt goes that is sent here.
    boundary: Boundary
    #: How long a list of its models holds, in seconds; 0: it is asked each time, for it costs nothing.
    refresh_seconds: float
    #: False: it may know models that it does not list, as servers of one's own do.
    lists_all: bool

    async def list_models(self) -> list[Listed]:
        """What can be had here. May ask over the network; raises what that came to."""
        ...

    def condition(self, model: str | None = None) -> Condition:
        """What it knows by itself of its readiness, or of one model's; never asks anybody, never raises."""
        ...

    def credentials(self) -> Sequence[Credential]:
        """The keys to take in turn; `(NO_KEY,)` where none is asked for, nothing where one is missing."""
        ...

    def engines(self) -> list[EngineStatus]:
        """The models that are in this machine's memory."""
        ...

    def at_once(self, model: str, credential: Credential) -> Address | None:
        """Where `model` is answered, if nothing has to be made ready or held for that; None: `reach` it.

        Raises ProviderUnavailable or one below.
        """
        ...

    def reach(self, model: str, credential: Credential, progress: Progress) -> AbstractAsyncContextManager[Address]:
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
