"""A model as the daemon lists it, and what happens while one is pulled."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

#: How a provider or a model is. `absent`: known, and fetched on first use or by `triforce models pull`.
State = Literal[
    "ok",
    "absent",
    "no-key",
    "key-rejected",
    "limited",
    "degraded",
    "down",
    "deprecated",
    "retired",
    "unknown",
    "disabled",
]
#: How one of an alias's models is chosen: by how they fare, in their order, or at random with the first ones favoured.
Order = Literal["scored", "priority", "weighted"]


class Model(TypedDict):
    id: str
    """`provider/name`; everything after the first slash is the provider's own name."""
    provider: str
    context: int | None
    """Tokens that one conversation may hold."""
    abilities: list[str]
    price: None
    """Nobody is paid for a local model; what is unknown is null as well, never 0."""
    state: State
    reason: str | None
    fix: str | None
    default: bool
    size_bytes: int | None
    path: str | None
    description: str | None


class ModelList(TypedDict):
    schema: str
    items: list[Model]
    next: str | None


class DefaultModel(TypedDict):
    schema: str
    model: str
    origin: str


class PullRequest(TypedDict):
    model: NotRequired[str]


class PullProgress(TypedDict):
    """One line of a pull's event stream; the last one has `type` "done" or "error"."""

    type: Literal["model.loading"]
    model: str
    phase: Literal["resolving", "fetching", "unpacking", "checking", "loading"]
    done_bytes: int | None
    total_bytes: int | None


class PullDone(TypedDict):
    type: Literal["done"]
    model: str
    path: str
    size_bytes: int
    sha256: str
    fetched: bool
    """False where the file was there already."""
