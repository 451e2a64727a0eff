"""What a model's name stands for."""

from dataclasses import dataclass, field

from triforce_daemon.providers.destination import destination
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.provider import Provider
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.models import Order


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who would answer: `name` is the model as the provider knows it; `listed` is None where it is not in its list."""

    provider: Provider
    name: str
    listed: Listed | None = None
    #: `provider/name`.
    id: str = field(init=False, compare=False)
    #: Where a prompt goes that is sent to it; who the names stand for is worked out anew where a provider changes.
    boundary: Boundary = field(init=False, compare=False)
    #: Whether what it is asked stays on this machine.
    is_local: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        place = destination(self.provider, self.name, self.listed)
        object.__setattr__(self, "id", f"{self.provider.name}/{self.name}")
        object.__setattr__(self, "boundary", place)
        object.__setattr__(self, "is_local", place == "machine")


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name stands for: one model, which nothing ever replaces, or the candidates of an alias in their order."""

    asked: str
    alias: str | None
    #: How far a prompt may go that is sent to this name; the caller's own boundary is another matter.
    boundary: Boundary
    order: Order
    candidates: tuple[Candidate, ...]

    @property
    def name(self) -> str:
        """How it is written down: the alias, or the model's id."""
        return self.alias or self.candidates[0].id
