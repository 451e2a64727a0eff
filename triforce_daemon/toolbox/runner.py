"""Runs a tool, whoever asks: find, admit, validate, approve, call, audit."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import ApprovalDenied, InternalError, ToolFailed, ToolUnavailable, TriforceError
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.toolbox.admission import refusal
from triforce_daemon.toolbox.approvals import Approvals, needed
from triforce_daemon.toolbox.call import ToolCall, Via, unheard
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.client import CapabilityMissing, Client, InputRequired
from triforce_daemon.toolbox.content import Block, Content
from triforce_daemon.toolbox.digest import digest_of
from triforce_daemon.toolbox.entry import OWN, Entry
from triforce_daemon.toolbox.outcome import Outcome, written_out

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """One call, as it was asked for.

    `approved`: a person has agreed at his own terminal. `asks`: whether somebody may be asked to agree.
    """

    caller: Caller
    name: str
    arguments: dict[str, Any]
    request_id: str
    via: Via
    folder: str | None = None
    approved: bool = False
    progress: Callable[[float, str], None] = unheard
    client: Client | None = None
    asks: bool = True


class Journal(Protocol):
    """Where every call is written down, with its decision and outcome.

    The digest of its arguments is empty where they were refused because nobody can write them down.
    """

    async def record(self, request: Request, digest: str, outcome: Outcome) -> None: ...


@dataclass(frozen=True, slots=True)
class Runner:
    catalog: Catalog
    approvals: Approvals
    journal: Journal
    clock: Clock

    async def run(self, request: Request) -> Outcome:
        """What came of it; a tool's own failure is an outcome too.

        Raises InputRequired and CapabilityMissing, which the client has to answer before anything has happened, and
        what the journal raises: a call that cannot be written down has not been answered.
        """
        began = self.clock.ticks()
        call = ToolCall(
            request.request_id, request.caller, request.via, request.folder, request.progress, request.client
        )
        content: Content | None = None
        error: TriforceError | None = None
        entry: Entry | None = None
        name, digest = request.name, ""
        try:
            # First of all: what cannot be written down is not done.
            digest = digest_of(request.arguments)
            entry = self.admitted(request.caller, request.name)
            name = entry.name
            content = written_out(await self._called(entry, request, call))
        except (InputRequired, CapabilityMissing):
            if entry is not None and entry.server != OWN:
                # Somebody else's program has run already.
                await self._written(request, name, digest, call, began, asked=True)
            raise
        except asyncio.CancelledError:
            # What it has done until then is done: that too is written down.
            error = ToolFailed(f"The call of {name} was cancelled.", None)
            await self._written(request, name, digest, call, began, error=error)
            raise
        except TriforceError as refused:
            error = refused
        except Exception:
            log.exception("a tool failed", extra={"tool": name})
            error = InternalError(f"The tool {name} has a bug; the log has the details.", None)
        if content is not None and content.failed:
            error = ToolFailed(_words_of(content.blocks) or f"The tool {name} failed.", None)
        return await self._written(request, name, digest, call, began, content, error)

    async def _written(
        self,
        request: Request,
        name: str,
        digest: str,
        call: ToolCall,
        began: float,
        content: Content | None = None,
        error: TriforceError | None = None,
        *,
        asked: bool = False,
    ) -> Outcome:
        ms = round((self.clock.ticks() - began) * 1_000)
        value, blocks = (content.value, content.blocks) if content is not None else (None, ())
        outcome = Outcome(name, request.request_id, ms, value, error, tuple(call.changes), blocks, asked)
        await self.journal.record(request, digest, outcome)
        return outcome

    def admitted(self, caller: Caller, name: str) -> Entry:
        """The tool, where the caller may call it and it works here.

        Raises ToolNotFound, Forbidden, TierTooLow, ToolUnavailable.
        """
        entry = self.catalog.find(name)
        refused = refusal(caller, entry)
        if refused is not None:
            raise refused
        lack = entry.missing()
        if lack is not None:
            raise ToolUnavailable(f"The tool {entry.name} cannot be called here: {lack.reason}", lack.fix)
        return entry

    async def _called(self, entry: Entry, request: Request, call: ToolCall) -> Content:
        arguments = entry.signature.arguments(request.arguments)
        if needed(request.caller, entry, arguments) and not entry.goes_on(arguments, call):
            if not request.asks:
                raise ApprovalDenied(f"The tool {entry.name} needs an approval, and nobody is asked here.", None)
            await self.approvals.require(request.caller, entry, request.arguments, at_his_terminal=request.approved)
        result = await entry.call(arguments, call)
        return result if isinstance(result, Content) else Content((), result)


def _words_of(blocks: Sequence[Block]) -> str:
    return " ".join(block["text"] for block in blocks if block.get("type") == "text")
