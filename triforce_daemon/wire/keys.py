"""The keys of providers: which there are, where they are and how they do; never what they are."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

Store = Literal["keyring", "file", "credential", "environment"]
"""`keyring` and `file`: the vault, by who keeps the vault's own key. `credential`: systemd's."""

KeySource = Literal["vault", "credential", "environment"]


class KeyTest(TypedDict):
    """What the provider said of a key."""

    at: str
    state: str
    status: int | None
    """The HTTP status, where there was one."""
    reason: str | None


class Key(TypedDict):
    provider: str
    name: str | None
    """null: the provider has none."""
    present: bool
    store: Store | None
    used: bool
    """Whether requests are sent with it: false where a source that comes first has keys as well."""
    reason: str | None
    """Why it is not used, or rests."""
    last_used: str | None
    last_test: KeyTest | None


class VaultStatus(TypedDict):
    state: Literal["empty", "open", "closed"]
    path: str
    key: Literal["keyring", "credential", "file"] | None
    """Who keeps the vault's own key."""
    reason: str | None
    """Why it is closed, or why its key is not where it might be."""
    fix: str | None


class KeyList(TypedDict):
    schema: str
    vault: VaultStatus
    items: list[Key]
    next: str | None


class NewKey(TypedDict):
    name: str
    secret: str


class KeyKept(TypedDict):
    schema: str
    provider: str
    name: str
    store: Store
    replaced: bool
    hides: list[str]
    """Keys of the environment or of systemd that are not used any more."""
    reason: str | None
    """Why the vault's key is kept in a file and not in the keyring."""


class KeyRemoved(TypedDict):
    schema: str
    provider: str
    name: str
    next: str | None
    """The source that counts from now on."""


class KeyPlace(TypedDict):
    """One source, as it stands for one provider."""

    source: KeySource
    place: str
    names: list[str]
    used: bool
    reason: str | None


class KeyPlaces(TypedDict):
    schema: str
    vault: VaultStatus
    provider: str | None
    winner: KeySource | None
    items: list[KeyPlace]
    next: str | None


class KeyTestRequest(TypedDict):
    providers: NotRequired[list[str]]
    """None: all that have a key."""


class KeyTestResult(TypedDict):
    provider: str
    name: str | None
    ok: bool
    state: str
    status: int | None
    latency_ms: float | None
    reason: str | None
    fix: str | None


class KeyTestList(TypedDict):
    schema: str
    items: list[KeyTestResult]
    next: str | None
