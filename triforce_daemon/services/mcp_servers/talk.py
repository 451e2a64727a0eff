"""A call at a mounted server with all that is asked on the way, until there is an answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import ToolFailed
from triforce_daemon.mcp_client.line import Unasked
from triforce_daemon.mcp_client.needed import Lacking, Needed, Resumed
from triforce_daemon.mcp_client.question import question_of
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.mcp_servers.caller_line import MOST_QUESTIONS, CallerLine
from triforce_daemon.services.mcp_servers.parked_call import ParkedCall
from triforce_daemon.services.mcp_servers.unfinished import Unfinished, UnfinishedCalls
from triforce_daemon.toolbox.approvals import asker_of
from triforce_daemon.toolbox.call import unheard
from triforce_daemon.toolbox.client import CapabilityMissing, Client, InputRequired
from triforce_daemon.toolbox.digest import digest_of

_CAPABILITIES = frozenset({"elicitation", "sampling", "roots"})

Answer = TypeVar("Answer")
Given = TypeVar("Given", covariant=True)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who calls, what with which arguments, and how he is reached meanwhile."""

    asker: str
    what: tuple[str, str]
    client: Client | None = None
    tell: Callable[[float, str], None] = unheard


class Ask(Protocol[Given]):
    """Sends the call to the server once."""

    def __call__(self, line: CallerLine, resumed: Resumed) -> Awaitable[Given | Needed]: ...


@dataclass(frozen=True, slots=True)
class Talks:
    """Those with one server."""

    server: str
    unfinished: UnfinishedCalls
    tasks: Tasks

    async def answer(self, speaker: Speaker, ask: "Ask[Answer]", *, stateless: bool) -> Answer:
        """What the server answers in the end; `stateless`: whether it asks by having the call sent once more.

        Raises InputRequired where the speaker's program has to do so, CapabilityMissing, ToolFailed, ToolUnavailable.
        """
        client = speaker.client
        begun = self._begun(speaker)
        try:
            if client is not None and not client.at_once and not stateless:
                return await self._parked(speaker, client, ask, begun)
            return await self._resent(speaker, ask, begun)
        except Lacking as lack:
            if client is not None and lack.capability in _CAPABILITIES - set(client.capabilities or {}):
                raise CapabilityMissing(lack.capability) from None
            raise self._failed("It needs more of whoever calls it than he can do") from None
        except Unasked as why:
            raise self._failed(str(why)) from None

    def _begun(self, speaker: Speaker) -> Unfinished | None:
        client = speaker.client
        if client is None or client.at_once or client.state is None:
            return None
        begun = self.unfinished.take(client.state, speaker.asker, speaker.what)
        if begun is None:
            raise ToolFailed("What was asked on the way is over.", "Call it anew.")
        return begun

    async def _resent(self, speaker: Speaker, ask: "Ask[Answer]", begun: Unfinished | None) -> Answer:
        client, line = speaker.client, CallerLine(self.server, speaker.client, speaker.tell)
        resumed = Resumed(client.answers if client is not None else {}, begun.state if begun is not None else None)
        for rounds in range(begun.rounds if begun is not None else 0, MOST_QUESTIONS):
            found = await self._once(ask, line, resumed)
            if not isinstance(found, Needed):
                return found
            if client is None:
                raise Unasked("Whoever has called it cannot be asked anything.")
            if not client.at_once:
                questions = self._questions(found, line.capabilities)
                state = self.unfinished.keep(speaker.asker, speaker.what, state=found.state, rounds=rounds + 1)
                raise InputRequired(questions, state)
            resumed = Resumed(await self._answers(line, found), found.state)
        raise Unasked(f"It has asked {MOST_QUESTIONS} times.")

    async def _parked(self, speaker: Speaker, client: Client, ask: "Ask[Answer]", begun: Unfinished | None) -> Answer:
        parked: ParkedCall[Answer | Needed] | None = begun.parked if begun is not None else None
        if parked is None:
            parked = ParkedCall(CallerLine(self.server, client, speaker.tell))
            parked.begin(self._once(ask, parked.line, Resumed()), self.tasks, f"call of {self.server}")
        else:
            parked.line.handed_to(client, speaker.tell)
            parked.answer(client.answers)
        found = await parked.outcome()
        if not isinstance(found, Needed):
            return found
        raise InputRequired(found.requests, self.unfinished.keep(speaker.asker, speaker.what, parked=parked))

    async def _once(self, ask: "Ask[Answer]", line: CallerLine, resumed: Resumed) -> Answer | Needed:
        try:
            found = await ask(line, resumed)
        finally:
            line.close()
        await line.told()
        return found

    def _questions(self, needed: Needed, capabilities: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        return {
            name: {
                "method": asked["method"],
                "params": question_of(self.server, **_parts(asked), capabilities=capabilities),
            }
            for name, asked in needed.requests.items()
        }

    async def _answers(self, line: CallerLine, needed: Needed) -> dict[str, Any]:
        return {name: await line.ask(**_parts(asked)) for name, asked in needed.requests.items()}

    def _failed(self, why: str) -> ToolFailed:
        return ToolFailed(f"The server {self.server} gets no answer to what it asks. {why.rstrip('.')}.", None)


def speaker_of(caller: Caller, method: str, name: str, arguments: Mapping[str, Any]) -> Speaker:
    """Whoever calls this, as he is known when he comes back."""
    return Speaker(asker_of(caller), (f"{method} {name}", digest_of(dict(arguments))))


def _parts(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {"method": str(asked["method"]), "params": asked.get("params") or {}}
