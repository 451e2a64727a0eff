"""Finds who answers a chat, sends it there, and settles what it used, whatever became of it."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

import orjson

from triforce_daemon.dialects import canonical
from triforce_daemon.dialects.canonical import Event, Request, Written
from triforce_daemon.dialects.dialect import Dialect, Watch
from triforce_daemon.dialects.gathering import Gathering
from triforce_daemon.errors import TriforceError, UpstreamFailed
from triforce_daemon.outbound.client import Reply
from triforce_daemon.providers.credential import NO_KEY
from triforce_daemon.providers.provider import Progress
from triforce_daemon.providers.upstream import Upstream
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.ledger import Ledger
from triforce_daemon.services.model_registry import Candidate, ModelRegistry
from triforce_daemon.services.translation import VISIBLE, Translation
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
    #: What is asked, in the words between the dialects.
    request: Request
    prompt_characters: int
    #: The client's wire format, and what it sent in it; None for the daemon's own calls, which are `request` alone.
    dialect: Dialect | None = None
    body: dict[str, Any] = field(default_factory=dict[str, Any])
    session: str | None = None
    progress: Progress = _unheard
    #: What is written in the same commit as the ledger's row.
    closing: Callable[[Outcome], Sequence[Write]] = _nothing_else


@dataclass(slots=True)
class Answer:
    """An answer that is coming in."""

    call: Call
    candidate: Candidate
    upstream_dialect: Dialect
    clock: Clock
    ledger: Ledger
    reply: Reply | None = None
    #: A whole answer comes as a stream and is gathered.
    gathers: bool = False
    #: What the upstream's dialect cannot say of the request.
    dropped: list[str] = field(default_factory=list[str])
    #: What has come so far; stands in for the provider's figures where there are none.
    pieces: int = 0
    usage: canonical.Usage | None = None
    first_token_ms: int | None = None
    settled: bool = False
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock.ticks()

    @property
    def passes(self) -> bool:
        """Whether both sides speak the same dialect, so that the bytes pass through."""
        return self.call.dialect is not None and self.call.dialect.name == self.upstream_dialect.name

    async def events(self) -> AsyncGenerator[Event]:
        """The answer piece by piece. Raises UpstreamFailed where it fails or breaks off before its end."""
        assert self.reply is not None
        reader = self.upstream_dialect.reader()
        async with aclosing(self.reply.chunks()) as chunks:
            async for chunk in chunks:
                for event in reader.feed(chunk):
                    self._note(event)
                    yield event
                if reader.complete:
                    return
        for event in reader.end():
            self._note(event)
            yield event
        if not reader.complete:
            raise broken_off()

    async def stream(self) -> AsyncGenerator[bytes]:
        """The client's bytes, but for their end, which is `end`. Raises as `events` does."""
        assert self.reply is not None
        watch = self._watch()
        async with aclosing(self.reply.chunks()) as chunks:
            async for chunk in chunks:
                ready = watch.feed(chunk)
                self.pieces, self.usage = watch.pieces, watch.usage
                if watch.begun:
                    self._note_first()
                if ready:
                    yield ready
                if watch.error is not None:
                    raise watch.error
                if watch.ended:
                    break
        if isinstance(watch, Translation) and not watch.ended and (rest := watch.rest()):
            self.pieces, self.usage = watch.pieces, watch.usage
            yield rest
        if not watch.ended:
            raise watch.error or broken_off()
        self.end = watch.end

    end: bytes = b""

    async def whole(self) -> bytes:
        """The answer in one piece, as the client reads it. Raises UpstreamFailed where it is none, or too long."""
        assert self.reply is not None
        if self.gathers:
            return await self._gathered()
        content = await self.reply.read(ANSWER_LIMIT)
        document = json_object(content)
        self.usage = self.upstream_dialect.read_usage(document)
        if self.passes or self.call.dialect is None:
            return content
        answer = self.upstream_dialect.read_answer(document)
        return orjson.dumps(self.call.dialect.write_answer(answer, self.call.request))

    async def _gathered(self) -> bytes:
        gathering = Gathering()
        async with aclosing(self.events()) as events:
            async for event in events:
                gathering.take(event)
        assert self.call.dialect is not None
        return orjson.dumps(self.call.dialect.write_answer(gathering.answer, self.call.request))

    def elapsed_ms(self) -> int:
        return round((self.clock.ticks() - self._began) * 1_000)

    def spent(self) -> Usage:
        """The provider's figures, else an estimate that says so."""
        if self.usage is not None:
            told = self.usage
            return Usage(input_tokens=told["input_tokens"], output_tokens=told["output_tokens"], estimated=False)
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

    def _watch(self) -> Watch | Translation:
        assert self.call.dialect is not None
        if self.passes:
            return self.upstream_dialect.watch(self.call.body)
        return Translation(self.upstream_dialect.reader(), self.call.dialect.writer(self.call.request))

    def _note_first(self) -> None:
        if self.first_token_ms is None:
            self.first_token_ms = self.elapsed_ms()

    def _note(self, event: Event) -> None:
        if event["type"] in VISIBLE:
            self.pieces += 1
            self._note_first()
        elif event["type"] == "usage":
            self.usage = event["usage"]
        elif event["type"] == "failed":
            raise UpstreamFailed(f"The provider failed: {event['message']}", "Try again, or try another model.")


@dataclass(frozen=True, slots=True)
class ChatRouter:
    registry: ModelRegistry
    upstream: Upstream
    dialects: Mapping[str, Dialect]
    ledger: Ledger
    clock: Clock

    @asynccontextmanager
    async def open(self, call: Call) -> AsyncGenerator[Answer]:
        """Send the call to its model; the answer is settled when the context ends.

        Raises ModelNotFound before anything is written, and whatever the provider or the network came to.
        """
        candidate = (await self.registry.resolve(call.request.model)).candidates[0]
        answer = Answer(call, candidate, self.dialects[candidate.provider.dialect], self.clock, self.ledger)
        try:
            async with candidate.provider.reach(candidate.name, NO_KEY, call.progress) as address:
                answer.gathers = address.streams_only and not call.request.stream
                written = _written(answer, address.model)
                answer.dropped = written.dropped
                with await self.upstream.post(address, written, answer.upstream_dialect) as reply:
                    answer.reply = reply
                    yield answer
        except asyncio.CancelledError:
            await answer.settle("interrupted")
            raise
        except TriforceError as error:
            await answer.settle("failed", error)
            raise


def _written(answer: Answer, model: str) -> Written:
    """The call in the upstream's words: as it came where both speak the same, else translated."""
    if answer.gathers:
        asked = replace(answer.call.request, model=model, stream=True, include_usage=True)
        return answer.upstream_dialect.write_request(asked)
    if answer.passes:
        path, body = answer.upstream_dialect.replace_model(answer.call.body, model, stream=answer.call.request.stream)
        return Written(path, body, [])
    return answer.upstream_dialect.write_request(replace(answer.call.request, model=model))


def broken_off() -> UpstreamFailed:
    return UpstreamFailed("The answer broke off before its end.", "Send the request again.")


def json_object(content: bytes) -> dict[str, Any]:
    """A JSON object of a provider. Raises UpstreamFailed for anything else."""
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise UpstreamFailed("The provider sent something that is not a JSON object.", "Try again.")
    return cast(dict[str, Any], value)
