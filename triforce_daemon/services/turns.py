"""One turn of a conversation: from what a person says to the answer that is kept."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects.canonical import OutputFormat, Request
from triforce_daemon.errors import Draining, StorageFailed, TriforceError, Unauthenticated
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.services.outbox import Outbox
from triforce_daemon.services.prices import CURRENCY
from triforce_daemon.services.routing.answer import Answer
from triforce_daemon.services.routing.call import Call, Outcome
from triforce_daemon.services.running_turn import RunningTurn
from triforce_daemon.services.tool_turns import history
from triforce_daemon.services.tool_turns.calling import Bench, result_length
from triforce_daemon.services.tool_turns.loop import Loop
from triforce_daemon.services.tool_turns.offer import Offer, Offers
from triforce_daemon.services.turn_records import Opened, TurnRecords
from triforce_daemon.stores.database import Write
from triforce_daemon.wire.routing import RoutePlan
from triforce_daemon.wire.sessions import ChatResult, Route, TurnRequest, TurnState

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turns:
    records: TurnRecords
    offers: Offers
    loop: Loop
    lifecycle: Lifecycle
    clock: Clock

    async def run(self, caller: Caller, request_id: str, session: str, request: TurnRequest, outbox: Outbox) -> None:
        """Answer `request` in `session` ("new" begins one); the events go to `outbox`, `done` or `error` last.

        Errors before the first event are raised: SessionNotFound, ModelNotFound, EmptyPrompt, InvalidRequest, and
        what `Offers.of` raises of the tools that are wanted.
        """
        offer = self._offer(caller, request)
        opened = await self.records.open(caller, request_id, session, request)
        running = RunningTurn(opened, outbox, self.clock)
        if offer is not None:
            running.bench = self._bench(offer, caller, request_id, request, running)
        running.announce()
        try:
            await self._answer(running, caller, request_id, request)
        except asyncio.CancelledError as cancelled:
            refused = next((reason for reason in cancelled.args if isinstance(reason, Unauthenticated)), None)
            if refused is not None:
                running.say("error", error=refused.body(request_id))
            elif self.lifecycle.state == "draining":
                error = Draining("The daemon is stopping; the answer so far was kept.", "Send it again with /retry.")
                running.say("error", error=error.body(request_id))
            await self._break_off(running, "interrupted", None)
            raise
        except TriforceError as error:
            await self._break_off(running, "failed", error)
            running.say("error", error=error.body(request_id))
        finally:
            self.records.release(opened)

    async def plan(self, caller: Caller, request_id: str, session: str, request: TurnRequest) -> RoutePlan:
        """Where `request` would go; nothing is asked and nothing written. Raises as `run` does."""
        offer = self._offer(caller, request)
        opened = await self.records.look_ahead(caller, session, request)
        return await self.loop.router.plan(_call(opened, offer, caller, request_id, request))

    def _offer(self, caller: Caller, request: TurnRequest) -> Offer | None:
        names, approve = request.get("tools", ()), request.get("approve", "never")
        return self.offers.of(caller, names, request.get("toolset"), approve, request.get("limits"))

    def _bench(
        self, offer: Offer, caller: Caller, request_id: str, request: TurnRequest, running: RunningTurn
    ) -> Bench:
        session, listed = running.opened.session, running.opened.resolution.candidates[0].listed
        bench = Bench(
            offer=offer,
            caller=offer.acting(caller, f"chat/{session['id']}"),
            request_id=request_id,
            via="chat",
            say=running.say,
            folder=request.get("cwd", session["cwd"]) if caller.is_owner else None,
            longest=result_length(listed.context if listed is not None else None),
        )
        bench.keep = lambda: self.records.keep_steps(running.opened, bench.steps)
        return bench

    async def _answer(self, running: RunningTurn, caller: Caller, request_id: str, request: TurnRequest) -> None:
        offer = running.bench.offer if running.bench is not None else None
        call = replace(
            _call(running.opened, offer, caller, request_id, request),
            progress=running.loading,
            closing=partial(self._closing, running),
        )
        if running.bench is None:
            answer = await self.loop.once(call, running)
        else:
            answer = await self.loop.run(call, running.bench, running)
        result = _result(running, answer, request_id)
        running.say("usage", usage=result["usage"], cost=result["cost"])
        running.say("done", **result)

    def _closing(self, running: RunningTurn, outcome: Outcome) -> Sequence[Write]:
        running.answered_by = outcome.candidate
        if outcome.state == "done" and running.calls_tools:
            # It goes on; what came of the calls is written as they are made.
            return ()
        return self.records.closing(running.opened, self._row(running, outcome.state, outcome.error, outcome))

    async def _break_off(self, running: RunningTurn, state: TurnState, error: TriforceError | None) -> None:
        """Write down that it ended, where nobody who was being asked has done that."""
        if running.closed:
            return
        try:
            await self.records.finish(running.opened, self._row(running, state, error))
        except StorageFailed as failed:
            # The client still has to hear how it ended; the next start says that it was interrupted.
            log.warning("the end of a turn was not kept", extra={"reason": failed.message})

    def _row(
        self, running: RunningTurn, state: TurnState, error: TriforceError | None, outcome: Outcome | None = None
    ) -> dict[str, object]:
        running.closed = True
        by, (usage, cost) = running.answered_by, running.used(outcome)
        return {
            "input": running.opened.text,
            "output": "".join(running.text),
            "state": state,
            "model": by.id if by is not None else running.opened.resolution.name,
            "provider": by.provider.name if by is not None else None,
            "finish_reason": running.finish_reason,
            "tokens_in": usage["input_tokens"],
            "tokens_out": usage["output_tokens"],
            "estimated": int(usage["estimated"]),
            "cost": cost,
            "error": orjson.dumps(error.body()).decode() if error else None,
            "finished": self.clock.now_ms(),
            "steps": orjson.dumps(running.steps).decode() if running.steps else None,
        }


def _call(opened: Opened, offer: Offer | None, caller: Caller, request_id: str, request: TurnRequest) -> Call:
    asked = _request(opened, offer, request)
    return Call(
        request_id=request_id,
        caller=caller,
        request=asked,
        prompt_characters=history.characters(asked),
        session=opened.session["id"] if opened.kept else None,
        boundary=request.get("boundary", "any"),
    )


def _request(opened: Opened, offer: Offer | None, request: TurnRequest) -> Request:
    options = request.get("options", {})
    schema = request.get("json_schema")
    system = opened.session["system"]
    return Request(
        model=opened.resolution.name,
        messages=[
            *([history.said("system", system)] if system else []),
            *history.messages(opened.before, with_tools=offer is not None),
            history.said("user", opened.text),
        ],
        stream=True,
        include_usage=True,
        tools=offer.tools() if offer is not None else [],
        max_tokens=options.get("max_tokens"),
        temperature=options.get("temperature"),
        top_p=options.get("top_p"),
        stop=options.get("stop", []),
        seed=options.get("seed"),
        output=None if schema is None else OutputFormat(type="schema", name="answer", schema=schema, strict=True),
    )


def _result(running: RunningTurn, answer: Answer, request_id: str) -> ChatResult:
    opened, cost = running.opened, answer.cost()
    result = ChatResult(
        schema="triforce.chat/1",
        session=opened.session["id"],
        turn=opened.number,
        message="".join(running.text),
        model=answer.candidate.id,
        route=Route(provider=answer.candidate.provider.name, peer=None, fallbacks=answer.fallbacks),
        finish_reason=running.finish_reason,
        usage=answer.spent(),
        cost=cost.amount if cost else None,
        currency=cost.currency if cost else None,
        receipt=request_id,
        first_token_ms=answer.first_token_ms,
        total_ms=answer.elapsed_ms(),
    )
    if running.bench is not None:
        acting = running.bench.acting
        result["usage"], result["cost"] = acting.usage, acting.spent
        result["currency"] = None if acting.spent is None else CURRENCY
        result["first_token_ms"], result["total_ms"] = running.first_token_ms, running.elapsed_ms()
        if running.steps:
            result["steps"] = running.steps
    return result
