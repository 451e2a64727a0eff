"""A model that calls tools until it answers: asked, its calls made, asked again with what came of them."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol

from triforce_daemon.dialects.canonical import Event, Message, Part, ToolCallPart, ToolChoice
from triforce_daemon.dialects.gathering import Gathering
from triforce_daemon.services.chat_router import ChatRouter
from triforce_daemon.services.routing.answer import Answer
from triforce_daemon.services.routing.call import Call
from triforce_daemon.services.tool_turns.calling import MOST_CALLS, Bench, Calling
from triforce_daemon.services.tool_turns.history import results
from triforce_daemon.services.tool_turns.limits import Limits
from triforce_daemon.wire.sessions import ToolStep


class Listener(Protocol):
    def begin(self) -> None:
        """The model is asked; what it said before was no answer yet."""
        ...

    def take(self, event: Event) -> None:
        """What comes of its answer."""
        ...

    async def room(self) -> None:
        """Returns when more may come."""
        ...


#: So often in a row a model makes the same call, with the same result or with any, before it has to answer.
SAME_RESULTS, SAME_CALLS = 3, 5


@dataclass(frozen=True, slots=True)
class Loop:
    router: ChatRouter
    calling: Calling

    async def run(self, call: Call, bench: Bench, listener: Listener) -> Answer:
        """The answer that calls no more tools, settled. `call` is the first question, with the tools in it.

        What was used is in the bench's `acting`. Raises TurnLimitReached, and what the router raises.
        """
        limits = bench.offer.limits
        patience = bench.patience = asyncio.timeout(limits.seconds)
        try:
            async with patience:
                return await self._rounds(call, bench, limits, listener)
        except TimeoutError:
            if not patience.expired():
                raise
            raise limits.too_late() from None

    async def _rounds(self, call: Call, bench: Bench, limits: Limits, listener: Listener) -> Answer:
        round_, last = 1, False
        while True:
            listener.begin()
            gathering = Gathering()
            answer = await self.once(call, listener, gathering)
            parts = gathering.answer.parts
            if round_ == 1:
                # The first question is the caller's own; the others count for whom acts by themselves.
                cost = answer.cost()
                bench.acting.used(answer.spent(), cost.amount if cost else None)
            calls = [part for part in parts if part["type"] == "tool_call"][:MOST_CALLS]
            if not calls:
                return answer
            if last:
                raise limits.too_many(round_ - 1)
            said = "".join(part["text"] for part in parts if part["type"] == "text")
            steps = await self.calling.all(bench, calls, round_, said)
            limits.check(bench.acting)
            limits.check_size(bench.steps)
            round_ += 1
            last = round_ > limits.rounds or goes_in_circles(bench.steps)
            call = _following(call, bench, _spoken(parts, calls), steps, f"{bench.request_id}.r{round_}", last=last)

    async def once(self, call: Call, listener: Listener, gathering: Gathering | None = None) -> Answer:
        """One answer, whatever it asks for, settled. Raises what the router raises, UpstreamFailed, StorageFailed."""
        async with await self.router.open(call) as answer:
            async with aclosing(answer.events()) as events:
                async for event in events:
                    listener.take(event)
                    if gathering is not None:
                        gathering.take(event)
                    await listener.room()
            await answer.settle()
        return answer


def _spoken(parts: Sequence[Part], calls: Sequence[ToolCallPart]) -> Message:
    """What the model said, with those calls that were made: each of them has a result."""
    # Two calls may be alike in all they say.
    these = set(map(id, calls))
    made = [part for part in parts if part["type"] != "tool_call" or id(part) in these]
    return Message(role="assistant", parts=made)


def goes_in_circles(steps: Sequence[ToolStep]) -> bool:
    """Whether the last calls were the same; spaces between the arguments make no other call of it."""
    calls = [(step["name"], "".join(step["arguments"].split())) for step in steps[-SAME_CALLS:]]
    latest = [(*call, step["result"]) for call, step in zip(calls, steps[-SAME_CALLS:], strict=True)][-SAME_RESULTS:]
    same_results = len(latest) == SAME_RESULTS and len(set(latest)) == 1
    return same_results or (len(calls) == SAME_CALLS and len(set(calls)) == 1)


def _following(
    call: Call, bench: Bench, spoken: Message, steps: Sequence[ToolStep], request_id: str, *, last: bool
) -> Call:
    """The next question: all that was said, and what came of the calls."""
    request = replace(call.request, messages=[*call.request.messages, spoken, results(steps)])
    if last:
        request.tool_choice = ToolChoice(mode="none")
    more = sum(len(step["said"]) + len(step["arguments"]) + len(step["result"]) for step in steps)
    return replace(
        call,
        request_id=request_id,
        caller=bench.caller,
        request=request,
        prompt_characters=call.prompt_characters + more,
    )
