"""Memory: what was found out and is kept, each entry with its versions and with what others think of it."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

MemoryType = Literal["fact", "decision", "code", "summary", "context", "todo"]
Importance = Literal["low", "medium", "high", "critical"]
Verdict = Literal["confirm", "reject"]
TagMode = Literal["all", "any"]
SearchMode = Literal["text", "vector", "hybrid"]
"""`text`: by words. `vector`: by meaning. `hybrid`: both, as far as there are vectors."""


class Memory(TypedDict):
    """One version of an entry."""

    id: str
    """Of this version: the next one has another."""
    type: MemoryType
    content: str
    confidence: float
    """From 0 to 1; confirming and rejecting move it."""
    importance: Importance
    tags: list[str]
    project: str | None
    version: int
    previous_id: str | None
    by: str
    """Who wrote it."""
    created: str
    expires: str | None
    """null: never."""


class Validation(TypedDict):
    verdict: Verdict
    by: str
    """Who says so, in the words of whoever asked for it to be written down."""
    caller: str
    """Who that was."""
    reason: str | None
    at: str
    confidence: float
    """What it came to by this."""


class ConfidenceScore(TypedDict):
    at: str
    value: float
    why: Literal["stated", "confirm", "reject"]
    by: str


class MemoryDetail(Memory):
    schema: str
    current_id: str
    """The entry's latest version."""
    confidence_scores: list[ConfidenceScore]
    """The oldest first."""
    validations: list[Validation]


class MemoryHistory(TypedDict):
    """Every version, the oldest first."""

    schema: str
    items: list[Memory]
    next: str | None


class NewMemory(TypedDict):
    content: str
    type: NotRequired[MemoryType]
    tags: NotRequired[list[str]]
    confidence: NotRequired[float]
    ttl_seconds: NotRequired[int | None]
    """How long it lives; null: for good."""
    project: NotRequired[str | None]
    importance: NotRequired[Importance]


class MemoryStored(Memory):
    schema: str
    duplicate_of: str | None
    """The entry that said so already. It stays the only one; what is new about it made another version of it."""
    change: str | None
    """What undoes it; null: nothing was changed."""


class MemoryChange(TypedDict, total=False):
    """What a new version has otherwise than the one before."""

    content: str
    type: MemoryType
    tags: list[str]
    confidence: float
    importance: Importance
    project: str | None
    ttl_seconds: int | None


class MemoryChanged(Memory):
    schema: str
    change: str


class ValidationRequest(TypedDict):
    verdict: Verdict
    by: NotRequired[str]
    """Absent: the caller."""
    reason: NotRequired[str]


class MemoryValidated(TypedDict):
    schema: str
    id: str
    confidence: float
    validated_by: list[str]
    """Everybody who confirms it."""
    change: str


class MemoryFilter(TypedDict, total=False):
    type: MemoryType
    tags: list[str]
    tag_mode: TagMode
    project: str
    min_confidence: float
    max_age_hours: float


class MemoryQuery(MemoryFilter, total=False):
    query: str
    """Words, or a question; absent: the newest entries."""
    mode: SearchMode
    limit: int
    after: str
    """Of the newest entries: the id that the page before ended with."""


class MemoryHit(Memory):
    score: float | None
    """Greater is better; it means something beside the others of the same answer only. null: nothing was asked."""


class MemoryResult(TypedDict):
    schema: str
    mode: SearchMode
    """How it was searched."""
    remark: str | None
    """Why not as it was asked for."""
    items: list[MemoryHit]
    next: str | None


class ClearRequest(TypedDict, total=False):
    """What is to be forgotten: what fits all that is given, which is something."""

    ids: list[str]
    type: MemoryType
    tags: list[str]
    older_than_days: float
    project: str
    dry_run: bool
    """Absent: true."""


class MemoryCleared(TypedDict):
    schema: str
    matched: int
    deleted: int
    items: list[Memory]
    """The latest of them."""
    change: str | None


class VectorState(TypedDict):
    model: str
    ready: int
    missing: int
    """Entries whose vectors are still to come."""


class MemoryStats(TypedDict):
    schema: str
    total: int
    by_type: dict[str, int]
    by_project: dict[str, int]
    """Those of no project stand under the empty name."""
    avg_confidence: float | None
    expired: int
    forgotten: int
    """What can still be brought back."""
    bytes: int
    """Of all texts, also of earlier versions."""
    vectors: VectorState | None
    """null: this daemon has no model for them."""


class MemoryVersion(Memory):
    stated: float
    """Its confidence as it was written, before anybody said something."""
    validations: list[Validation]


class MemoryDocument(TypedDict):
    """An entry to be carried elsewhere, with all that belongs to it."""

    schema: str
    versions: list[MemoryVersion]
    """The oldest first."""
    forgotten: NotRequired[str]
    """When; it is kept only until it cannot be brought back any more."""


class MemoryExport(TypedDict):
    schema: str
    items: list[MemoryDocument]
    next: str | None


class MemoryImport(TypedDict):
    entries: list[MemoryDocument]


class MemoryImported(TypedDict):
    schema: str
    items: list[Memory]
    """The latest version of each entry that was added, under its new id."""
    duplicates: int
    """Entries that were there already."""
    change: str | None


class MemoryKept(TypedDict):
    """Of what is to be undone: what stays as it is."""

    id: str
    reason: str


class MemoryUndone(TypedDict):
    schema: str
    undone: list[str]
    """Ids of versions that are as they were before."""
    kept: list[MemoryKept]
    change: str | None
    """What undoes this in turn; null: nothing was changed, or what was takes no second thought."""
