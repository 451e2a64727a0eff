"""A question that goes on with a conversation of the caller's, and is kept in it."""

from dataclasses import dataclass
from typing import Any, cast

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import ToolFailed
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.asking.asker import Said, Wanted
from triforce_daemon.services.outbox import Outbox
from triforce_daemon.services.turns import Turns
from triforce_daemon.wire.sessions import Options, TurnRequest


@dataclass(frozen=True, slots=True)
class InSession:
    turns: Turns
    tasks: Tasks

    async def ask(self, caller: Caller, request_id: str, session: str, wanted: Wanted) -> Said:
        """The answer, which is on disk with the turn. Raises SessionNotFound, ToolFailed where it broke off."""
        request = TurnRequest(input=wanted.prompt, options=_options(wanted))
        if wanted.model is not None:
            request["model"] = wanted.model
        if wanted.system is not None:
            request["system"] = wanted.system
        outbox = Outbox()
        last = self.tasks.start(_last(outbox), "answer of a tool")
        try:
            await self.turns.run(caller, request_id, session, request, outbox)
        finally:
            outbox.close()
        done = await last
        if done["type"] != "done":
            error = done["error"]
            raise ToolFailed(error["message"], error["hint"])
        return Said(
            text=done["message"],
            model=done["model"],
            provider=done["route"]["provider"],
            usage=done["usage"],
            latency_ms=done["total_ms"],
            fallback_used=bool(done["route"]["fallbacks"]),
        )


def _options(wanted: Wanted) -> Options:
    options = Options()
    if wanted.temperature is not None:
        options["temperature"] = wanted.temperature
    if wanted.max_tokens is not None:
        options["max_tokens"] = wanted.max_tokens
    return options


async def _last(outbox: Outbox) -> dict[str, Any]:
    """The last event, which tells how it ended."""
    event: dict[str, Any] = {}
    async for batch in outbox.batches(3_600):
        if batch:
            event = cast("dict[str, Any]", orjson.loads(batch[-1]))
    return event
