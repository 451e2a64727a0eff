"""Runs the calls that a model asks for, one after the other: agreed to where that is needed, and each told of."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import orjson

from triforce_daemon.access.acting import Acting
from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects.canonical import ToolCallPart
from triforce_daemon.errors import (
    ApprovalDenied,
    ApprovalNeeded,
    InvalidArguments,
    ToolUnavailable,
    TriforceError,
)
from triforce_daemon.services.tool_turns.offer import Offer
from triforce_daemon.toolbox.call import Via
from triforce_daemon.toolbox.client import CapabilityMissing, InputRequired
from triforce_daemon.toolbox.outcome import Outcome
from triforce_daemon.toolbox.runner import Request, Runner
from triforce_daemon.wire.sessions import ToolStep

#: What is longer than a model has use for; the beginning says most.
LONGEST_ARGUMENTS, LONGEST_RESULT = 1 << 20, 32_000
_SHORTEST_RESULT = 2_000
#: As long as one question for an answer may take; it is asked again until the approval itself is over.
_WAIT_SECONDS = 300.0

#: A model that asks for more at once has lost its way.
MOST_CALLS = 32
_UNKNOWN = "It is not known what came of this call: the daemon ended meanwhile."
_CANCELLED = "The call was cancelled."

Say = Callable[..., None]


async def _kept() -> None:
    """Nothing of it is kept."""


@dataclass(slots=True, kw_only=True)
class Bench:
    """Where the calls of one turn are made. `say` tells of each step, as an event with its content."""

    offer: Offer
    #: The model as who calls.
    caller: Caller
    request_id: str
    via: Via
    say: Say
    #: Writes down `steps` as they are.
    keep: Callable[[], Awaitable[None]] = _kept
    folder: str | None = None
    #: So many characters of a result a model is told.
    longest: int = LONGEST_RESULT
    steps: list[ToolStep] = field(default_factory=list[ToolStep])
    #: When it has to be over.
    patience: asyncio.Timeout | None = None

    @property
    def acting(self) -> Acting:
        assert self.caller.acting is not None
        return self.caller.acting

    @contextmanager
    def unhurried(self) -> Generator[None]:
        """The time in which a person is asked is not the model's."""
        patience, now = self.patience, asyncio.get_running_loop().time
        if patience is None or (ends := patience.when()) is None:
            yield
            return
        left = ends - now()
        patience.reschedule(None)
        try:
            yield
        finally:
            patience.reschedule(now() + left)


@dataclass(frozen=True, slots=True)
class Calling:
    runner: Runner

    async def all(self, bench: Bench, parts: Sequence[ToolCallPart], round_: int, said: str) -> list[ToolStep]:
        """Make the calls of one round; what they fail with the model is told. Raises StorageFailed."""
        return [await self._call(bench, part, round_, "" if place else said) for place, part in enumerate(parts)]

    async def _call(self, bench: Bench, part: ToolCallPart, round_: int, said: str) -> ToolStep:
        receipt = f"{bench.request_id}.t{len(bench.steps) + 1}"
        step = ToolStep(
            round=round_, call=part["id"], name=part["name"], arguments=part["arguments"][:LONGEST_ARGUMENTS],
            said=said, ok=False, result=_UNKNOWN, receipt=receipt, ms=0,
        )  # fmt: skip
        bench.say("tool.call", call=step["call"], name=step["name"], arguments=step["arguments"], round=round_)
        bench.steps.append(step)
        await bench.keep()
        try:
            outcome = await self._outcome(bench, part, receipt)
        except asyncio.CancelledError:
            step["result"] = _CANCELLED
            bench.say("tool.result", **step, error=None, changes=[])
            raise
        step["ok"], step["ms"], step["result"] = outcome.ok, outcome.ms, _cut(_text_of(outcome), bench.longest)
        error = outcome.error.body(receipt) if outcome.error else None
        # The tool's own name: the model may have called one through another.
        told = {**step, "name": outcome.tool}
        bench.say("tool.result", **told, error=error, changes=[change.words for change in outcome.changes])
        await bench.keep()
        return step

    async def _outcome(self, bench: Bench, part: ToolCallPart, receipt: str) -> Outcome:
        try:
            name, arguments = bench.offer.meant(part["name"], arguments_of(part["arguments"]))
        except TriforceError as error:
            return Outcome(part["name"][:200], receipt, 0, error=error)

        def progress(done: float, words: str) -> None:
            bench.say("tool.progress", call=part["id"], done=done, words=words)

        approve = bench.offer.approve
        request = Request(
            caller=bench.caller, name=name, arguments=arguments, request_id=receipt, via=bench.via,
            folder=bench.folder, approved=approve == "always", progress=progress, asks=approve != "never",
        )  # fmt: skip
        outcome = await self._run(request)
        if isinstance(outcome.error, ApprovalNeeded):
            refusal = await self._agreed(bench, part, outcome.error.approval)
            return await self._run(request) if refusal is None else Outcome(name, receipt, 0, error=refusal)
        return outcome

    async def _run(self, request: Request) -> Outcome:
        try:
            return await self.runner.run(request)
        except (InputRequired, CapabilityMissing):
            error = ToolUnavailable(f"The tool {request.name} asks its client something, which a model cannot.", None)
            return Outcome(request.name, request.request_id, 0, error=error)

    async def _agreed(self, bench: Bench, part: ToolCallPart, approval: str) -> ApprovalDenied | None:
        """Waits until somebody has answered; None: he agrees."""
        approvals = self.runner.approvals
        asked = await approvals.get(bench.caller, approval)
        bench.say(
            "tool.approval", call=part["id"], name=asked["tool"], approval=approval, arguments=asked["arguments"],
            expires_at=asked["expires_at"],
        )  # fmt: skip
        with bench.unhurried():
            while asked["state"] == "pending":
                asked = await approvals.wait(bench.caller, approval, _WAIT_SECONDS)
        if asked["state"] == "granted":
            return None
        said = "was refused" if asked["state"] == "denied" else "was not agreed to in time"
        return ApprovalDenied(f"This call of {asked['tool']} {said}.", "Do not call it again; go on without it.")


def result_length(context: int | None) -> int:
    """How long a result may be for a model of so much context: a quarter of it, at four characters a token."""
    return LONGEST_RESULT if context is None else max(_SHORTEST_RESULT, min(LONGEST_RESULT, context))


def arguments_of(text: str) -> dict[str, Any]:
    """What a model wrote as the arguments of a call. Raises InvalidArguments where it is no JSON object."""
    if len(text) > LONGEST_ARGUMENTS:
        raise InvalidArguments(f"The arguments have {len(text):,} characters; {LONGEST_ARGUMENTS:,} is the most.", None)
    if not text.strip():
        return {}
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidArguments(f"The arguments are no JSON: {error}.", "Send one JSON object.") from None
    if not isinstance(value, dict):
        raise InvalidArguments("The arguments are JSON, but no object.", "Send one JSON object.")
    return cast("dict[str, Any]", value)


def _text_of(outcome: Outcome) -> str:
    """What the model is told: text, for that is what all of them read."""
    if outcome.error is not None or outcome.value is not None:
        return outcome.text()
    kinds = [block.get("text") or f"(a block of type {block.get('type')})" for block in outcome.blocks]
    return "\n".join(kinds)


def _cut(text: str, longest: int) -> str:
    """Half a surrogate pair is no text that could be kept."""
    text = text.encode("utf-8", "replace").decode()
    if len(text) <= longest:
        return text
    return f"{text[:longest]}\n[{len(text) - longest:,} more characters were left out]"
