"""Finds who answers a chat, sends it there, and settles what it used, whatever became of it."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field

from triforce_daemon.errors import TriforceError
from triforce_daemon.outbound.client import Reply
from triforce_daemon.providers.provider import Progress
from triforce_daemon.providers.upstream import Upstream
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.ledger import Ledger
from triforce_daemon.services.model_registry import Candidate, ModelRegistry
from triforce_daemon.stores.ledger import Entry
from triforce_daemon.stores.writer import Write
from triforce_daemon.wire.models import PullProgress
from triforce_daemon.wire.sessions import TurnState
from triforce_daemon.wire.usage import Usage

log = logging.getLogger(__name__)

#: What the log tells of an answer: never what was said.
_LOGGED = ("state", "error", "model", "client", "tokens_in", "tokens_out", "first_token_ms", "total_ms")
#: The longest answer that is read in one piece, in bytes.
ANSWER_LIMIT = 64 << 20
#: A rough and labelled guess where a provider gives no figures.
CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended."""

    state: TurnState
    usage: Usage
    error: TriforceError | None


def _nothing_else(_: Outcome) -> Sequence[Write]:
    return ()


def _unheard(_: PullProgress) -> None:
    return


@dataclass(frozen=True, slots=True)
class Call:
    """One request for an answer, as the router sees it."""

    request_id: str
    client: str
    model: str
    prompt_characters: int
    session: str | None = None
    progress: Progress = _unheard
    #: What is written in the same commit as the ledger's row.
    closing: Callable[[Outcome], Sequence[Write]] = _nothing_else


@dataclass(slots=True)
class Answer:
    """An answer that is coming in."""

    call: Call
    candidate: Candidate
    clock: Clock
    ledger: Ledger
    reply: Reply | None = None
    #: What has come so far; stands in for the provider's figures where there are none.
    pieces: int = 0
    usage: Usage | None = None
    first_token_ms: int | None = None
    settled: bool = False
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock.ticks()

    async def chunks(self) -> AsyncIterator[bytes]:
        """The provider's bytes as they come."""
        assert self.reply is not None
        async with aclosing(self.reply.chunks()) as chunks:
            async for chunk in chunks:
                if self.first_token_ms is None:
                    self.first_token_ms = self.elapsed_ms()
                yield chunk

    async def whole(self) -> bytes:
        """The provider's answer in one piece. Raises UpstreamFailed where it is too long."""
        assert self.reply is not None
        return await self.reply.read(ANSWER_LIMIT)

    def elapsed_ms(self) -> int:
        return round((self.clock.ticks() - self._began) * 1_000)

    def spent(self) -> Usage:
        """The provider's figures, else an estimate that says so."""
        if self.usage is not None:
            return self.usage
        guess = self.call.prompt_characters // CHARACTERS_PER_TOKEN if self.reply is not None else 0
        return Usage(input_tokens=guess, output_tokens=self.pieces, estimated=True)

    async def settle(self, state: TurnState = "done", error: TriforceError | None = None) -> None:
        """Write what was used, once. After this the end of the answer may be sent. Raises StorageFailed."""
        if self.settled:
            return
        self.settled = True
        usage = self.spent()
        entry = Entry(
            request=self.call.request_id,
            ts=self.clock.now_ms(),
            client=self.call.client,
            session=self.call.session,
            provider=self.candidate.provider.name,
            model=self.candidate.id,
            tokens_in=usage["input_tokens"],
            tokens_out=usage["output_tokens"],
            estimated=int(usage["estimated"]),
            cost=None,
            currency=None,
            state=state,
            error=error.code if error else None,
            first_token_ms=self.first_token_ms,
            total_ms=self.elapsed_ms(),
        )
        await self.ledger.record(entry, *self.call.closing(Outcome(state, usage, error)))
        log.log(
            logging.WARNING if state == "failed" else logging.INFO,
            "answered" if error is None else error.message,
            extra={name: entry[name] for name in _LOGGED if entry[name] is not None},
        )


@dataclass(frozen=True, slots=True)
class ChatRouter:
    registry: ModelRegistry
    upstream: Upstream
    ledger: Ledger
    clock: Clock

    @asynccontextmanager
    async def open(self, call: Call, body: Mapping[str, object]) -> AsyncGenerator[Answer]:
        """Send `body` (OpenAI's chat dialect) to the model of `call`; the answer is settled when the context ends.

        Raises ModelNotFound before anything is written, and whatever the provider or the network came to.
        """
        answer = Answer(call, self.registry.resolve(call.model), self.clock, self.ledger)
        try:
            async with answer.candidate.provider.reach(answer.candidate.name, call.progress) as address:
                with await self.upstream.post(address, body) as reply:
                    answer.reply = reply
                    yield answer
        except asyncio.CancelledError:
            await answer.settle("interrupted")
            raise
        except TriforceError as error:
            await answer.settle("failed", error)
            raise
