"""Workflows: questions that are asked one after the other, each with what the earlier ones came to."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources

from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects.canonical import Request
from triforce_daemon.errors import InvalidArguments, NotFound
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.identifiers import RequestIds
from triforce_daemon.runtime.near import near
from triforce_daemon.services import templates
from triforce_daemon.services.chains.heard import Heard, JobLog
from triforce_daemon.services.job_run import JobRun
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.services.routing.call import Call
from triforce_daemon.services.tool_turns.calling import Bench
from triforce_daemon.services.tool_turns.history import characters, said
from triforce_daemon.services.tool_turns.loop import Loop
from triforce_daemon.services.tool_turns.offer import Offer, Offers
from triforce_daemon.wire.chains import WorkflowRun, WorkflowTemplate
from triforce_daemon.wire.constants import DEFAULT_ALIAS
from triforce_daemon.wire.jobs import Job, JobDetail
from triforce_daemon.workflow_settings import Workflow

KIND = "workflow"
PREVIOUS = "previous"
#: What all variables of a run may hold together, in characters.
LONGEST_VARIABLES = 1_000_000


@dataclass(frozen=True, slots=True)
class Workflows:
    #: Those of the settings, by name.
    own: Mapping[str, Workflow]
    loop: Loop
    offers: Offers
    jobs: Jobs
    clock: Clock
    ids: RequestIds = field(default_factory=RequestIds)

    def templates(self) -> list[WorkflowTemplate]:
        """All that can be run, by name."""
        return [_told(name, one, own=name in self.own) for name, one in sorted(self._all().items())]

    async def runs(self, caller: Caller) -> list[WorkflowRun]:
        """The caller's own, the newest first, as long as jobs are kept. Raises StorageFailed."""
        jobs = (await self.jobs.all(caller, None, 1_000, everybody=False))["items"]
        return [_run(job) for job in jobs if job["kind"] == KIND]

    async def start(self, caller: Caller, name: str, variables: Mapping[str, object]) -> Job:
        """Begin one. Raises NotFound, InvalidArguments for variables that are missing or too many, ModelNotFound,
        NotFound and Forbidden of its tools, StorageFailed."""
        workflow = self._find(name)
        check(name, _told(name, workflow, own=True)["variables"], variables)
        await self.loop.router.registry.resolve(workflow.model or DEFAULT_ALIAS, caller)
        offer = self.offers.of(caller, toolset=workflow.toolset or None)

        async def work(run: JobRun) -> object:
            return {"outputs": await self._work(run, caller, workflow, offer, dict(variables))}

        return await self.jobs.start(caller, KIND, name, work)

    async def wait(self, caller: Caller, run: str, seconds: float) -> JobDetail:
        """The run's job once it has ended, or as it is after `seconds`. Raises StorageFailed."""
        return await self.jobs.wait(caller, run, seconds)

    async def _work(
        self, run: JobRun, caller: Caller, workflow: Workflow, offer: Offer | None, known: dict[str, object]
    ) -> dict[str, str]:
        outputs: dict[str, str] = {}
        for number, step in enumerate(workflow.steps, 1):
            run.progress((number - 1) / len(workflow.steps), f"step {number} of {len(workflow.steps)}")
            text, _ = templates.filled(step, known)
            outputs[f"step{number}"] = await self._answer(run, caller, workflow, offer, text)
            known |= {**outputs, PREVIOUS: outputs[f"step{number}"]}
        return outputs

    async def _answer(self, run: JobRun, caller: Caller, workflow: Workflow, offer: Offer | None, prompt: str) -> str:
        heard, request_id = Heard(), self.ids.next(self.clock.now_ms())
        request = Request(
            model=workflow.model or DEFAULT_ALIAS,
            messages=[said("user", prompt)],
            stream=True,
            include_usage=True,
            tools=offer.tools() if offer is not None else [],
        )
        call = Call(request_id, caller, request, characters(request))
        if offer is None:
            await self.loop.once(call, heard)
        else:
            acting = offer.acting(caller, f"workflow/{run.id}")
            bench = Bench(offer=offer, caller=acting, request_id=request_id, via="chain", say=JobLog(run))
            await self.loop.run(call, bench, heard)
        return "".join(heard.text).strip()

    def _find(self, name: str) -> Workflow:
        known = self._all()
        if name not in known:
            alike = near(name, list(known))
            hint = f"Did you mean {', '.join(alike)}?" if alike else f"There are: {', '.join(sorted(known))}."
            raise NotFound(f"There is no workflow {name}.", hint, near=alike)
        return known[name]

    def _all(self) -> dict[str, Workflow]:
        return {**dict(built_in()), **self.own}


def built_in() -> Iterator[tuple[str, Workflow]]:
    """The workflows that triforce brings along."""
    text = resources.files("triforce_daemon.services").joinpath("workflows.toml").read_text("utf-8")
    for name, table in tomllib.loads(text).items():
        yield name, Workflow.model_validate(table)


def variables_of(steps: Sequence[str]) -> list[str]:
    """The gaps that nothing of the workflow's own fills, in the order in which they come."""
    found: list[str] = []
    for number, step in enumerate(steps, 1):
        filled = {f"step{earlier}" for earlier in range(1, number)} | ({PREVIOUS} if number > 1 else set[str]())
        found += [gap for gap in templates.gaps(step) if gap not in filled and gap not in found]
    return found


def check(name: str, wanted: Sequence[str], given: Mapping[str, object]) -> None:
    """Raises InvalidArguments where `given` is not what is wanted."""
    missing = [gap for gap in wanted if gap not in given]
    unknown = [gap for gap in given if gap not in wanted]
    needs = f"It takes: {', '.join(wanted) or 'none'}."
    if missing:
        raise InvalidArguments(f"The workflow {name} needs {', '.join(missing)}.", needs)
    if unknown:
        raise InvalidArguments(f"The workflow {name} takes no {', '.join(unknown)}.", needs)
    if sum(len(str(value)) for value in given.values()) > LONGEST_VARIABLES:
        raise InvalidArguments(f"The variables have more than {LONGEST_VARIABLES:,} characters.", None)


def _told(name: str, workflow: Workflow, *, own: bool) -> WorkflowTemplate:
    return WorkflowTemplate(
        id=name, title=workflow.title, steps=workflow.steps, variables=variables_of(workflow.steps), own=own
    )


def _run(job: Job) -> WorkflowRun:
    return WorkflowRun(
        workflow_id=job["id"],
        template=job["title"],
        status=job["state"],
        progress=job["progress"],
        started=job["started"],
    )
