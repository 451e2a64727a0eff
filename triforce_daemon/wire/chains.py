"""Chains: a model that works towards a goal by itself, in cycles; and workflows, which are questions in a row."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from triforce_daemon.wire.errors import ErrorBody
from triforce_daemon.wire.jobs import JobState
from triforce_daemon.wire.sessions import ToolStep
from triforce_daemon.wire.usage import Usage

ChainState = Literal["running", "pausing", "paused", "done", "unfinished", "failed", "cancelled", "interrupted"]
"""`unfinished`: all cycles are over, and the goal is not reached. `interrupted`: its daemon ended; it can go on."""

ChainAction = Literal["pause", "resume", "cancel"]


class ChainCycle(TypedDict):
    number: int
    report: str
    next: str
    """What is left to do, as another look at the report has it."""
    done: bool
    """Whether the goal is reached."""
    steps: list[ToolStep]
    usage: Usage
    cost: str | None
    receipt: str
    started: str
    finished: str


class Chain(TypedDict):
    chain_id: str
    status: ChainState
    project: str | None
    prompt: str
    lead: str
    """The model, or the alias, that works."""
    profile: str
    """The toolset that it works with."""
    aggressive: bool
    """Whether it may also change things."""
    cycle: int
    """How many are over."""
    max_cycles: int
    tokens: Usage
    cost: str | None
    final_output: str | None
    """The last report, once it has ended."""
    error: ErrorBody | None
    job_id: str
    created: str
    updated: str
    cycles: NotRequired[list[ChainCycle]]


class WorkflowTemplate(TypedDict):
    id: str
    title: str
    steps: list[str]
    """The questions, with gaps: `{{name}}` is a variable, `{{step1}}` what the first step came to, `{{previous}}` the
    one before."""
    variables: list[str]
    """What has to be given."""
    own: bool
    """Whether it stands in the settings."""


class WorkflowRun(TypedDict):
    workflow_id: str
    """That of its job."""
    template: str
    status: JobState
    progress: float
    started: str | None
