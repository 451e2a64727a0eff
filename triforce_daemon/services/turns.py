"""One turn of a conversation: from what a person says to the answer that is kept."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects.canonical import Event, Message, OutputFormat, Request, Role, TextPart
from triforce_daemon.errors import Draining, TriforceError, Unauthenticated
from triforce_daemon.runtime.clock import Clock, rfc3339
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.services.chat_router import ChatRouter
from triforce_daemon.services.outbox import Outbox
from triforce_daemon.services.routing.answer import Answer
from triforce_daemon.services.routing.call import Call, Outcome
from triforce_daemon.services.turn_records import Opened, TurnRecords
from triforce_daemon.stores.database import Write
from triforce_daemon.wire.models import PullProgress
from triforce_daemon.wire.routing import RoutePlan
from triforce_daemon.wire.sessions import ChatResult, Route, TurnRequest


@dataclass(slots=True)
class _Running:
    """A turn that is being answered."""

    opened: Opened
    outbox: Outbox
    clock: Clock
    text: list[str] = field(default_factory=list[str])
    finish_reason: str | None = None

    def say(self, kind: str, **content: object) -> None:
        now = rfc3339(self.clock.now_ms())
        self.outbox.put({"type": kind, "ts": now, "session": self.opened.session["id"], **content})

    def loading(self, progress: PullProgress) -> None:
        content = {name: value for name, value in progress.items() if name != "type"}
        self.say(progress["type"], **content)

    def take(self, event: Event) -> None:
        """Pass on what one event of the answer holds."""
        if event["type"] == "text" or event["type"] == "refusal":
            self.text.append(event["text"])
            self.say("text.delta", text=event["text"])
        elif event["type"] == "finished":
            self.finish_reason = event["reason"]


class Turns:
    def __init__(self, records: TurnRecords, router: ChatRouter, lifecycle: Lifecycle, clock: Clock) -> None:
        self._records = records
        self._router = router
        self._lifecycle = lifecycle
        self._clock = clock

    async def run(self, caller: Caller, request_id: str, session: str, request: TurnRequest, outbox: Outbox) -> None:
        """Answer `request` in `session` ("new" begins one); the events go to `outbox`, `done` or `error` last.

        Errors before the first event are raised: SessionNotFound, ModelNotFound, EmptyPrompt, InvalidRequest.
        """
        opened = await self._records.open(caller, request_id, session, request)
        running = _Running(opened, outbox, self._clock)
        self._announce(running)
        try:
            await self._answer(running, caller, request_id, request)
        except asyncio.CancelledError as cancelled:
            refused = next((reason for reason in cancelled.args if isinstance(reason, Unauthenticated)), None)
            if refused is not None:
                running.say("error", error=refused.body(request_id))
            elif self._lifecycle.state == "draining":
                error = Draining("The daemon is stopping; the answer so far was kept.", "Send it again with /retry.")
                running.say("error", error=error.body(request_id))
            raise
        except TriforceError as error:
            running.say("error", error=error.body(request_id))
        finally:
            self._records.release(opened)

    async def plan(self, caller: Caller, request_id: str, session: str, request: TurnRequest) -> RoutePlan:
        """Where `request` would go; nothing is asked and nothing written. Raises as `run` does."""
        opened = await self._records.look_ahead(caller, session, request)
        return await self._router.plan(_call(opened, caller, request_id, request))

    def _announce(self, running: _Running) -> None:
        opened = running.opened
        running.say(
            "session.started",
            turn=opened.number,
            title=opened.session["title"],
            model=opened.resolution.name,
            kept=opened.kept,
        )

    async def _answer(self, running: _Running, caller: Caller, request_id: str, request: TurnRequest) -> None:
        call = replace(
            _call(running.opened, caller, request_id, request),
            progress=running.loading,
            closing=partial(self._closing, running),
        )
        async with await self._router.open(call) as answer:
            await _follow(answer, running)
            await answer.settle()
            cost = answer.cost()
            running.say("usage", usage=answer.spent(), cost=cost.amount if cost else None)
            running.say("done", **_result(running, answer, request_id))

    def _closing(self, running: _Running, outcome: Outcome) -> Sequence[Write]:
        row = {
            "input": running.opened.text,
            "output": "".join(running.text),
            "state": outcome.state,
            "model": outcome.candidate.id,
            "provider": outcome.candidate.provider.name,
            "finish_reason": running.finish_reason,
            "tokens_in": outcome.usage["input_tokens"],
            "tokens_out": outcome.usage["output_tokens"],
            "estimated": int(outcome.usage["estimated"]),
            "cost": outcome.cost.amount if outcome.cost else None,
            "error": orjson.dumps(outcome.error.body()).decode() if outcome.error else None,
            "finished": self._clock.now_ms(),
        }
        return self._records.closing(running.opened, row)


async def _follow(answer: Answer, running: _Running) -> None:
    """Pass the answer on until its end. Raises UpstreamFailed where it breaks off."""
    async with aclosing(answer.events()) as events:
        async for event in events:
            running.take(event)
            await running.outbox.room()


def _call(opened: Opened, caller: Caller, request_id: str, request: TurnRequest) -> Call:
    asked = _request(opened, request)
    return Call(
        request_id=request_id,
        caller=caller,
        request=asked,
        prompt_characters=_characters(asked),
        session=opened.session["id"] if opened.kept else None,
        boundary=request.get("boundary", "any"),
    )


def _request(opened: Opened, request: TurnRequest) -> Request:
    options = request.get("options", {})
    schema = request.get("json_schema")
    return Request(
        model=opened.resolution.name,
        messages=_messages(opened),
        stream=True,
        include_usage=True,
        max_tokens=options.get("max_tokens"),
        temperature=options.get("temperature"),
        top_p=options.get("top_p"),
        stop=options.get("stop", []),
        seed=options.get("seed"),
        output=None if schema is None else OutputFormat(type="schema", name="answer", schema=schema, strict=True),
    )


def _messages(opened: Opened) -> list[Message]:
    system = opened.session["system"]
    messages = [_said("system", system)] if system else []
    for turn in opened.before:
        if turn["output"]:
            messages += [_said("user", turn["input"]), _said("assistant", turn["output"])]
    return [*messages, _said("user", opened.text)]


def _said(role: Role, text: str) -> Message:
    return Message(role=role, parts=[TextPart(type="text", text=text)])


def _characters(request: Request) -> int:
    return sum(len(part["text"]) for said in request.messages for part in said["parts"] if part["type"] == "text")


def _result(running: _Running, answer: Answer, request_id: str) -> ChatResult:
    opened, cost = running.opened, answer.cost()
    return ChatResult(
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
