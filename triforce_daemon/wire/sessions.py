"""Conversations that the daemon keeps, their turns, and the events of a turn."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.errors import ErrorBody
from triforce_daemon.wire.models import PullProgress
from triforce_daemon.wire.usage import Usage

Origin = Literal["chat", "api", "import"]
#: `running` is what a turn says while its answer comes; after a crash it becomes `interrupted`.
TurnState = Literal["running", "done", "interrupted", "failed"]


class Options(TypedDict, total=False):
    """How to sample; what is absent is left to the provider."""

    temperature: float
    top_p: float
    max_tokens: int
    seed: int
    stop: list[str]


Approve = Literal["ask", "never", "always"]
"""What becomes of a call that somebody has to agree to: it waits for him, is refused, or he has agreed beforehand."""


class ToolLimits(TypedDict, total=False):
    """What ends a turn in which the model goes on calling tools."""

    rounds: int
    """How often it may call tools, one or several at a time; then it has to answer. Absent: 16."""
    cost: str
    """Dollars, like `0.25`; absent: no limit of its own."""
    seconds: float
    """Without the time in which somebody is asked; absent: 900."""


class ToolStep(TypedDict):
    """A tool that the model called on the way to its answer."""

    round: int
    """Which of its answers asked for it, from 1; those with the same number were asked for together."""
    call: str
    """The call's id, as the model's provider has it."""
    name: str
    arguments: str
    """JSON, as the model wrote it."""
    said: str
    """What the model said beside it."""
    ok: bool
    result: str
    """What the model was told, which may be only the beginning of what the tool returned."""
    receipt: str
    """Under which the audit has it."""
    ms: int


class Turn(TypedDict):
    id: str
    session: str
    number: int
    input: str
    output: str
    state: TurnState
    model: str
    provider: str | None
    finish_reason: str | None
    usage: Usage | None
    error: ErrorBody | None
    created: str
    finished: str | None
    steps: NotRequired[list[ToolStep]]
    """The tools that were called; absent where none was."""


class Session(TypedDict):
    id: str
    title: str
    model: str
    system: str | None
    origin: Origin
    cwd: str | None
    turns: int
    tokens_in: int
    tokens_out: int
    cost: str | None
    created: str
    updated: str


class SessionDetail(Session):
    schema: str
    history: list[Turn]


class SessionList(TypedDict):
    schema: str
    items: list[Session]
    next: str | None


class SearchHit(TypedDict):
    session: str
    title: str
    turn: int
    snippet: str


class SearchResult(TypedDict):
    schema: str
    items: list[SearchHit]
    next: str | None


class TurnRequest(TypedDict):
    """POST /v1/sessions/{id}/turns; `id` "new" begins a session."""

    input: str
    model: NotRequired[str]
    """A model id or an alias; absent: the session's, else the default."""
    system: NotRequired[str]
    title: NotRequired[str]
    cwd: NotRequired[str]
    options: NotRequired[Options]
    json_schema: NotRequired[dict[str, object]]
    """The answer is constrained to this JSON Schema."""
    keep: NotRequired[bool]
    """False: nothing of this turn is written to the history (usage always is)."""
    boundary: NotRequired[Boundary]
    """How far this prompt may travel; absent: as far as the alias and the caller allow."""
    dry_run: NotRequired[bool]
    """True: nothing is asked and nothing written; the answer is a `RoutePlan`."""
    replace_last: NotRequired[bool]
    """True: the last turn is answered again; its input is used where `input` is empty."""
    tools: NotRequired[list[str]]
    """The tools that the model may call, by name."""
    toolset: NotRequired[str]
    """The same by sets, with commas; of these what the caller may call."""
    approve: NotRequired[Approve]
    """Absent: `never`. `always` is the owner's alone."""
    limits: NotRequired[ToolLimits]


class SessionChange(TypedDict, total=False):
    title: str
    system: str | None
    model: str


class Fork(TypedDict, total=False):
    upto: int
    """The last turn that the copy holds; absent: all of them."""
    title: str


class ImportRequest(TypedDict):
    sessions: list[SessionDetail]


class PruneRequest(TypedDict):
    older_than_seconds: int
    dry_run: NotRequired[bool]


class Pruned(TypedDict):
    schema: str
    items: list[Session]
    deleted: bool


# The events of a turn, in the order in which they come. Each also carries `ts` and `session`.


class SessionStarted(TypedDict):
    type: Literal["session.started"]
    ts: str
    session: str
    turn: int
    title: str
    model: str
    """What was asked: a model's id, or an alias. Who answered stands in `done`."""
    kept: bool


class ModelLoading(PullProgress):
    ts: str
    session: str


class TextDelta(TypedDict):
    type: Literal["text.delta"]
    ts: str
    session: str
    text: str


class ToolCalled(TypedDict):
    """The model calls a tool. What it said before is no answer yet: a `text.delta` after this begins anew."""

    type: Literal["tool.call"]
    ts: str
    session: str
    call: str
    name: str
    arguments: str
    round: int


class ToolApproval(TypedDict):
    """The call waits until somebody answers the approval."""

    type: Literal["tool.approval"]
    ts: str
    session: str
    call: str
    name: str
    approval: str
    arguments: str
    expires_at: str


class ToolProgress(TypedDict):
    type: Literal["tool.progress"]
    ts: str
    session: str
    call: str
    done: float
    words: str


class ToolAnswered(ToolStep):
    type: Literal["tool.result"]
    ts: str
    session: str
    error: ErrorBody | None
    changes: list[str]
    """What was changed, in words; `triforce undo` reverses it."""


class UsageEvent(TypedDict):
    type: Literal["usage"]
    ts: str
    session: str
    usage: Usage
    cost: str | None


class ErrorEvent(TypedDict):
    type: Literal["error"]
    ts: str
    session: str
    error: ErrorBody


class Route(TypedDict):
    provider: str
    peer: str | None
    fallbacks: list[str]
    """The models that were asked before, and failed."""


class ChatResult(TypedDict):
    """`triforce chat --json`, and the body of the `done` event."""

    schema: str
    session: str
    turn: int
    message: str
    model: str
    route: Route
    finish_reason: str | None
    usage: Usage
    cost: str | None
    currency: str | None
    receipt: str
    first_token_ms: int | None
    total_ms: int
    steps: NotRequired[list[ToolStep]]
    """The tools that were called; absent where none was."""


class Done(ChatResult):
    type: Literal["done"]
    ts: str


TurnEvent = (
    SessionStarted
    | ModelLoading
    | TextDelta
    | ToolCalled
    | ToolApproval
    | ToolProgress
    | ToolAnswered
    | UsageEvent
    | ErrorEvent
    | Done
)
