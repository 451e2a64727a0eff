"""Which script and which behaviour a request gets: by a header, by its model's name, by the queue, by default."""

import re
from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache

from tests.scriptable_upstream.behaviour import Behaviour
from tests.scriptable_upstream.http_request import Request
from tests.scriptable_upstream.plan import Case, Plan, Progress, Rule, read_plan
from tests.scriptable_upstream.script import Script
from tests.scriptable_upstream.script_json import read_script

PLAN_HEADER = "x-upstream-plan"
SCRIPT_HEADER = "x-upstream-script"
#: `mock-200x10`: two hundred words, ten milliseconds apart.
PACED = re.compile(r"-(\d+)x(\d+)$")

Given = str | Plan | Behaviour | None


@dataclass(frozen=True, slots=True)
class Turn:
    """What is answered, and how; None: as without it."""

    script: Script | None = None
    plan: Plan | None = None


@dataclass
class Choices:
    """`plan` is for every request that has none of its own; `queue` is used up by requests that generate."""

    plan: Plan = field(default_factory=Plan)
    by_model: dict[str, Turn] = field(default_factory=dict[str, Turn])
    queue: deque[Turn] = field(default_factory=deque[Turn])
    progress: Progress = field(default_factory=Progress)

    def choose(self, request: Request, case: Case, generates: bool) -> tuple[Script | None, Behaviour]:
        """Raises NotUnderstood, NoScript."""
        name, named = read_model(case.model)
        queued = self.queue.popleft() if generates and self.queue else Turn()
        own = self.by_model.get(name, Turn())
        scripted = request.header(SCRIPT_HEADER)
        script = read_script(scripted) if scripted else queued.script or own.script
        given = request.header(PLAN_HEADER)
        plans = (
            ("header", read_plan(given) if given else None),
            (case.model, named),
            (f"queue {id(queued)}", queued.plan),
            (f"model {name}", own.plan),
        )
        scope, plan = next(((scope, plan) for scope, plan in plans if plan), ("", self.plan))
        return script, self.progress.behaviour(plan, case, scope)


def plan_of(given: Given) -> Plan | None:
    """A plan from what a person may write for one. Raises NotUnderstood."""
    if isinstance(given, str):
        return read_plan(given)
    return Plan((Rule(given, on="all"),)) if isinstance(given, Behaviour) else given


@lru_cache(maxsize=4096)
def read_model(model: str) -> tuple[str, Plan | None]:
    """A model's own name, and the plan that was written into it: `gpt-4o!first 2: status=500`."""
    name, given, text = model.partition("!")
    paced = PACED.search(name)
    if paced:
        text = f"words={paced[1]} every={paced[2]}ms {text}" if int(paced[2]) else f"words={paced[1]} {text}"
    return name, read_plan(text) if given or paced else None
