"""One cycle of a chain: the lead works with tools and reports, then it is looked at whether the goal is reached."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects.canonical import Request
from triforce_daemon.errors import AnswerInvalid, TurnLimitReached
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.identifiers import RequestIds
from triforce_daemon.services.asking.extraction import Extraction
from triforce_daemon.services.chains.heard import Heard, JobLog
from triforce_daemon.services.job_run import JobRun
from triforce_daemon.services.routing.call import Call
from triforce_daemon.services.tool_turns.calling import Bench
from triforce_daemon.services.tool_turns.history import characters, said
from triforce_daemon.services.tool_turns.loop import Loop
from triforce_daemon.services.tool_turns.offer import Offer
from triforce_daemon.stores.chains import ChainRow, CycleRow

#: Of a report so much is kept, and of all earlier ones so much is told again, the latest in full.
LONGEST_REPORT, LONGEST_MEMORY = 16_000, 24_000
_SYSTEM = """\
You work on your own towards a goal, in cycles, with tools. Nobody reads along, and nobody answers questions. This is
cycle {number} of at most {most}. Do the next useful part of the work now, with tools where they help. Then write a
report: what you have done and found, with every result that matters, for only reports are remembered; and what is left
to do."""
_PROJECT = "\nThe project is called {project}; name it where a tool asks for a project."
_VERDICT = """\
The text is a report of work towards this goal: {goal}
done: whether the report shows that the goal is reached in full. next: what is left to do, in one or two sentences."""
_SCHEMA = {
    "type": "object",
    "properties": {"done": {"type": "boolean"}, "next": {"type": "string"}},
    "required": ["done", "next"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Cycles:
    loop: Loop
    extraction: Extraction
    clock: Clock
    ids: RequestIds = field(default_factory=RequestIds)

    async def run(
        self, caller: Caller, chain: ChainRow, before: Sequence[CycleRow], offer: Offer, run: JobRun
    ) -> CycleRow:
        """What came of it. Raises what the router raises, StorageFailed."""
        began = self.clock.now_ms()
        request_id = self.ids.next(began)
        bench = Bench(
            offer=offer,
            caller=offer.acting(caller, f"chain/{chain['id']}"),
            request_id=request_id,
            via="chain",
            say=JobLog(run),
        )
        report = await self._report(caller, chain, before, bench)
        done, following = await self._verdict(chain, report, bench)
        usage = bench.acting.usage
        return CycleRow(
            chain=chain["id"],
            number=len(before) + 1,
            request=request_id,
            report=report,
            next=following,
            done=int(done),
            steps=orjson.dumps(bench.steps).decode(),
            tokens_in=usage["input_tokens"],
            tokens_out=usage["output_tokens"],
            estimated=int(usage["estimated"]),
            cost=bench.acting.spent,
            started=began,
            finished=self.clock.now_ms(),
        )

    async def _report(self, caller: Caller, chain: ChainRow, before: Sequence[CycleRow], bench: Bench) -> str:
        heard = Heard()
        request = Request(
            model=chain["lead"],
            messages=[said("system", instructions(chain, len(before) + 1)), said("user", task(chain, before))],
            stream=True,
            include_usage=True,
            tools=bench.offer.tools(),
        )
        call = Call(bench.request_id, caller, request, characters(request))
        try:
            await self.loop.run(call, bench, heard)
        except TurnLimitReached as limit:
            heard.text.append(f"\n(The cycle ended before its report: {limit.message})")
        return "".join(heard.text).strip()[:LONGEST_REPORT]

    async def _verdict(self, chain: ChainRow, report: str, bench: Bench) -> tuple[bool, str]:
        """Whether the goal is reached, and what is left to do; where the model cannot say, it is not."""
        if not report:
            return False, ""
        asked = _VERDICT.format(goal=chain["prompt"])
        try:
            found = await self.extraction.extract(
                bench.caller, f"{bench.request_id}.v", report, _SCHEMA, chain["lead"], asked
            )
        except AnswerInvalid:
            return False, ""
        return bool(found["data"]["done"]), str(found["data"]["next"])[:LONGEST_REPORT]


def instructions(chain: ChainRow, number: int) -> str:
    """What the lead is told of its work."""
    text = _SYSTEM.format(number=number, most=chain["max_cycles"])
    return text + _PROJECT.format(project=chain["project"]) if chain["project"] else text


def task(chain: ChainRow, before: Sequence[CycleRow]) -> str:
    """The goal, and as many of the latest reports as there is room for."""
    parts: list[str] = []
    room = LONGEST_MEMORY
    for cycle in reversed(before):
        part = f"Report of cycle {cycle['number']}:\n{cycle['report']}"
        if len(part) > room:
            break
        room -= len(part)
        parts.insert(0, part)
    following = [f"What is left to do: {before[-1]['next']}"] if before and before[-1]["next"] else []
    return "\n\n".join([f"The goal:\n{chain['prompt']}", *parts, *following])
