"""Models that work by themselves: chains towards a goal, and workflows, which are questions in a row."""

from typing import Annotated, Any, cast

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.services.chains.chains import Chains, NewChain
from triforce_daemon.services.workflows import Workflows
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.wire.chains import Chain, ChainAction, ChainState, WorkflowRun, WorkflowTemplate
from triforce_daemon.wire.errors import ErrorBody
from triforce_daemon.wire.jobs import JobState

#: How long somebody waits for a workflow, in seconds; what takes longer is looked at as a job.
_WAIT_SECONDS = 300.0

ChainId = Annotated[str, "its id, or the beginning of it", Field(min_length=1, max_length=64)]


class ChainStarted(TypedDict):
    chain_id: str
    status: ChainState
    project: str | None
    job_id: str
    """The job that works on it, whose log tells what it does."""


@tool(
    tier="pro",
    effect="write",
    open_world=True,
    keywords=("autonomous", "goal", "on its own", "cycles", "agent", "selbständig", "Ziel", "Kette", "Zyklen"),
)
async def chain_start(
    prompt: Annotated[str, "the goal", Field(min_length=1, max_length=100_000)],
    project: Annotated[str | None, "a name by which it is found again", Field(max_length=64)] = None,
    max_cycles: Annotated[int, "after how many cycles it ends at the latest", Field(ge=1, le=50)] = 10,
    profile: Annotated[str | None, "the toolset that it works with; without it search, which finds all others"] = None,
    lead: Annotated[str | None, "the model that works, by id or alias; without it the default model"] = None,
    aggressive: Annotated[bool, "whether it may change things; what needs an approval waits for one"] = False,
    *,
    chains: Chains,
    call: ToolCall,
) -> ChainStarted:
    """Have a model work towards a goal by itself, in cycles.

    In each cycle it calls tools and writes a report, of which the next ones know. It ends when the goal is reached.
    """
    new = NewChain(prompt, project, max_cycles, profile, lead, aggressive)
    chain = await chains.start(call.caller, new)
    return ChainStarted(
        chain_id=chain["chain_id"], status=chain["status"], project=chain["project"], job_id=chain["job_id"]
    )


class ChainsFound(TypedDict):
    chains: list[Chain]


@tool(
    tier="free",
    effect="read",
    keywords=("how far", "report", "cycles", "progress", "Kette", "Stand", "Bericht", "wie weit"),
)
async def chain_status(
    chain_id: Annotated[str | None, "only this one; its id or the beginning of it"] = None,
    project: Annotated[str | None, "only those of this project"] = None,
    include_cycles: Annotated[bool, "whether to tell every report and every call as well"] = False,
    *,
    chains: Chains,
    call: ToolCall,
) -> ChainsFound:
    """Show the caller's chains: how they stand, what they used, what they came to."""
    return ChainsFound(chains=await chains.status(call.caller, chain_id, project, cycles=include_cycles))


class ChainControlled(TypedDict):
    chain_id: str
    status: ChainState


# As with a job: to end what one has begun oneself needs nobody's agreement, and no right to write.
@tool(
    tier="pro",
    effect="destroy",
    scope="tools",
    approval=False,
    keywords=("pause", "resume", "cancel", "stop", "anhalten", "fortsetzen", "abbrechen", "Kette"),
)
async def chain_control(
    chain_id: ChainId,
    action: Annotated[ChainAction, "pause waits for the end of the cycle; cancel ends it at once"],
    *,
    chains: Chains,
    call: ToolCall,
) -> ChainControlled:
    """Pause a chain after its cycle, have it go on, or end it."""
    chain = await chains.control(call.caller, chain_id, action)
    return ChainControlled(chain_id=chain["chain_id"], status=chain["status"])


class WorkflowsFound(TypedDict):
    templates: list[WorkflowTemplate]
    instances: list[WorkflowRun]
    """The caller's own runs, the newest first."""


@tool(
    tier="free",
    effect="read",
    keywords=("templates", "recipes", "steps", "pipeline", "Abläufe", "Vorlagen", "Schritte"),
)
async def workflows_list(*, workflows: Workflows, call: ToolCall) -> WorkflowsFound:
    """List the workflows that can be run, and the caller's runs of them."""
    return WorkflowsFound(templates=workflows.templates(), instances=await workflows.runs(call.caller))


class WorkflowStarted(TypedDict):
    workflow_id: str
    """That of its job."""
    status: JobState
    outputs: dict[str, str] | None
    """What each step came to, once all are done."""
    error: ErrorBody | None


@tool(
    tier="pro",
    effect="write",
    open_world=True,
    keywords=("run a workflow", "start", "template", "steps", "Ablauf starten", "Vorlage", "Schritte"),
)
async def workflows_create(
    template: Annotated[str, "which one, see workflows_list", Field(min_length=1, max_length=64)],
    variables: Annotated[dict[str, Any] | None, "what stands in the gaps of its questions"] = None,
    wait: Annotated[bool, "whether to wait until it is done, five minutes at most"] = False,
    *,
    workflows: Workflows,
    call: ToolCall,
) -> WorkflowStarted:
    """Run a workflow: its questions are asked one after the other."""
    job = await workflows.start(call.caller, template, variables or {})
    if not wait:
        return WorkflowStarted(workflow_id=job["id"], status=job["state"], outputs=None, error=None)
    ended = await workflows.wait(call.caller, job["id"], _WAIT_SECONDS)
    result = cast("dict[str, dict[str, str]] | None", ended["result"])
    outputs = result["outputs"] if result is not None else None
    return WorkflowStarted(workflow_id=job["id"], status=ended["state"], outputs=outputs, error=ended["error"])
