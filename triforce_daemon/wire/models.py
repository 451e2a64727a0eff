"""A model as the daemon lists it, and what happens while one is pulled."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from triforce_daemon.wire.boundary import Boundary

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


class Price(TypedDict):
    """For a million tokens, as decimal text: "0" is free, null is unknown."""

    input: str | None
    output: str | None
    currency: str


class Evidence(TypedDict):
    """What a state rests on; null where it is not known."""

    status: int | None
    """The HTTP status that told so."""
    at: str | None
    """When that was."""
    until: str | None
    """Until when it holds."""
    date: str | None
    """The day on which a model goes away or went away, as its provider writes it."""


class Model(TypedDict):
    id: str
    """`provider/name`; everything after the first slash is the provider's own name."""
    provider: str
    title: str | None
    context: int | None
    """Tokens that one conversation may hold."""
    max_output: int | None
    """Tokens that one answer may have."""
    abilities: list[str]
    """chat, tools, vision, json_schema, reasoning, embeddings; nothing: triforce has no use for it."""
    price: Price | None
    """Null where nobody says what it costs."""
    state: State
    reason: str | None
    fix: str | None
    evidence: Evidence
    boundary: Boundary
    """Where a prompt goes that is sent to it."""
    peer: str | None
    default: bool
    size_bytes: int | None
    path: str | None
    description: str | None
    listed_at: str | None
    """When its provider last listed it."""


class ModelList(TypedDict):
    schema: str
    items: list[Model]
    next: str | None


class RefreshRequest(TypedDict):
    providers: NotRequired[list[str]]
    """Nothing: all that have a key."""


class Refreshed(TypedDict):
    """What came of asking one provider for its models."""

    provider: str
    ok: bool
    models: int
    """How many it has, by its last list."""
    added: list[str]
    gone: list[str]
    state: State
    reason: str | None
    fix: str | None
    evidence: Evidence
    ms: float


class RefreshList(TypedDict):
    schema: str
    items: list[Refreshed]
    next: str | None


class DefaultModel(TypedDict):
    schema: str
    model: str
    origin: str


class AliasChange(TypedDict):
    """What is not named stays as it is."""

    models: NotRequired[list[str]]
    boundary: NotRequired[Boundary]
    order: NotRequired[Order]


class ModelAlias(TypedDict):
    """A name that stands for several models."""

    name: str
    models: list[str]
    """Ids, patterns over ids (`groq/*`) or bare names, in the order in which they are tried."""
    boundary: Boundary
    """How far a prompt may go that is sent to it."""
    order: Order
    origin: Literal["setting", "built-in"]
    description: str | None
    first: str | None
    """The model that is asked first at this time; null: nobody can be asked."""
    candidates: int
    """How many of the models there are could be asked at this time."""


class ModelAliasList(TypedDict):
    schema: str
    items: list[ModelAlias]
    next: str | None


class WhyStep(TypedDict):
    """One check; of an alias, one of its candidates."""

    check: str
    ok: bool
    detail: str
    fix: str | None


class Why(TypedDict):
    schema: str
    asked: str
    alias: str | None
    answers: str | None
    """Who would be asked first; null: nobody."""
    steps: list[WhyStep]


class Removed(TypedDict):
    schema: str
    model: str
    freed_bytes: int | None


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
    path: str | None
    """Null where another program keeps it."""
    size_bytes: int | None
    sha256: str | None
    fetched: bool
    """False where the file was there already."""
