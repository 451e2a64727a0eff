"""The providers: how each is and why, its key, its limits; never what its key is."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.models import Evidence, State

KeyOrigin = Literal["vault", "credential", "environment"]


class ProviderKey(TypedDict):
    present: bool
    needed: bool
    """False: it answers without a key as well."""
    store: KeyOrigin | None
    """Where the keys that are used come from."""
    environment: list[str]
    """Variables that may hold one."""


class RateLimit(TypedDict):
    """What the provider said of one of its limits in its last answer."""

    name: str
    """`requests`, `tokens-minute` and the like, as the provider calls it."""
    limit: int | None
    remaining: int | None
    resets_at: str | None
    """When it is whole again."""


class Provider(TypedDict):
    name: str
    title: str
    state: State
    reason: str | None
    fix: str | None
    since: str | None
    """When it was seen so; of one that has retired, the day."""
    evidence: Evidence
    enabled: bool
    key: ProviderKey
    models: int
    latency_ms: float | None
    """To the first token, over its last answers; null: it has not answered yet."""
    limits: list[RateLimit]
    dialect: str
    base_url: str | None
    """Null: it is no server."""
    boundary: Boundary
    """Where a prompt goes that is sent to it."""
    warning: str | None
    """What one should know of the way there."""


class ProviderList(TypedDict):
    schema: str
    items: list[Provider]
    next: str | None


class ProviderDetail(Provider):
    schema: str


class ProviderTestRequest(TypedDict):
    providers: NotRequired[list[str]]
    """None: all that can be asked."""
    model: NotRequired[str]
    """Have this model answer with one token, which may cost something; without it the list of models is asked for."""


class ProviderTest(TypedDict):
    name: str
    model: str | None
    ok: bool
    state: State
    status: int | None
    latency_ms: float | None
    error: str | None
    fix: str | None


class ProviderTestList(TypedDict):
    schema: str
    items: list[ProviderTest]
    next: str | None


class ProviderSwitch(TypedDict):
    enabled: bool


class ProviderSwitched(ProviderDetail):
    restart: bool
    """True: it counts from the daemon's next start."""
    overruled: str | None
    """The variable or flag that says otherwise, and wins."""


class ProviderLimits(TypedDict):
    """The limits of one key of a provider."""

    provider: str
    key: str | None
    at: str
    """When the provider said so."""
    limits: list[RateLimit]


class ProviderLimitsList(TypedDict):
    schema: str
    items: list[ProviderLimits]
    next: str | None
