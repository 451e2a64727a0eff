"""Asks a model something that is no chat: the vectors of texts, and how many tokens a prompt has."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from triforce_daemon.access.admission import admitted
from triforce_daemon.access.boundary import narrower
from triforce_daemon.access.caller import Caller
from triforce_daemon.access.rate_limiter import FREE, Hold
from triforce_daemon.dialects.canonical import Usage, Written
from triforce_daemon.dialects.dialect import CountsTokens, Dialect, Embeds
from triforce_daemon.errors import InvalidRequest, TriforceError, UpstreamFailed
from triforce_daemon.providers.listed import Ability
from triforce_daemon.providers.upstream import fitted
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.services.chat_router import ChatRouter
from triforce_daemon.services.ledger import Asked
from triforce_daemon.services.model_registry import Candidate
from triforce_daemon.services.prompt_size import estimated_tokens
from triforce_daemon.services.quota import Size, counted
from triforce_daemon.services.routing.attempts import Tally
from triforce_daemon.services.routing.delivery import json_object
from triforce_daemon.services.routing.needs import CHARACTERS_PER_TOKEN, Needs
from triforce_daemon.services.routing.seat import Seat
from triforce_daemon.services.routing.trace import failed
from triforce_daemon.services.routing.whole_body import read_whole
from triforce_daemon.stores.ledger import Entry
from triforce_daemon.wire.audit import RouteAttempt
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.models import PullProgress
from triforce_daemon.wire.sessions import TurnState
from triforce_daemon.wire.usage import Usage as Told

#: What is larger is parsed in a thread: the others would wait for it.
LARGE = 1 << 20
#: How an upstream says that it knows the dialect, but not this question.
_NOT_THERE = (404, 405, 501)
#: How many models that would do are named to somebody who asked one that does not.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Question:
    request_id: str
    caller: Caller
    model: str
    #: The client's wire format, and what it sent in it.
    dialect: Dialect
    body: dict[str, Any]
    characters: int
    boundary: Boundary = "any"


@dataclass(slots=True)
class Reply:
    """What the client is told, and what of it is worth a header."""

    candidate: Candidate
    content: bytes = b""
    tally: Tally = field(default_factory=Tally)
    dropped: list[str] = field(default_factory=list[str])
    #: It was guessed here, and nobody was asked.
    estimated: bool = False
    usage: Usage | None = None
    #: What its caller may use for it.
    hold: Hold = FREE


@dataclass(frozen=True, slots=True)
class Questions:
    """Takes the same ways as a chat: aliases, boundary, keys in turn, retries."""

    router: ChatRouter

    async def embed(self, question: Question) -> Reply:
        """Vectors; their tokens are in the ledger when this returns.

        Raises InvalidRequest where the model's provider has none, LimitReached, and what the provider or the network
        came to.
        """
        candidates = await self._candidates(question, "embeddings")
        able = [one for one in candidates if isinstance(self._dialect(one), Embeds)]
        if not able:
            raise await self._does_not_embed(candidates[0])
        if any(self._dialect(one).name != question.dialect.name for one in able):
            # What makes no sense is said before anybody is asked.
            _embedding(question.dialect).read_embedding_request(question.body, model=question.model)
        size = Size(question.characters // CHARACTERS_PER_TOKEN, 0)
        able, hold = await self.router.quota.admit(question.caller, question.request_id, able, size)
        with hold:
            return await self._embedded(question, able, Reply(able[0], hold=hold))

    async def _embedded(self, question: Question, able: Sequence[Candidate], reply: Reply) -> Reply:
        began = self.router.clock.ticks()
        try:
            await self.router.attempts.run(able, lambda seat: self._embed_at(seat, question, reply), reply.tally)
        except asyncio.CancelledError:
            await self._record(question, reply, began, "interrupted", None)
            raise
        except TriforceError as error:
            await self._record(question, reply, began, "failed", error)
            raise
        await self._record(question, reply, began, "done", None)
        return reply

    async def count_tokens(self, question: Question) -> Reply:
        """How many tokens a prompt has; an estimate where its model's provider does not count. Costs nothing.

        Raises LimitReached, and what the provider or the network came to.
        """
        candidates = await self._candidates(question, None)
        with await self.router.quota.count(question.caller, question.request_id) as hold:
            return await self._counted(question, candidates, Reply(candidates[0], hold=hold))

    async def _counted(self, question: Question, candidates: Sequence[Candidate], reply: Reply) -> Reply:
        if isinstance(self._dialect(reply.candidate), CountsTokens):
            try:
                await self.router.attempts.run(
                    candidates[:1], lambda seat: self._count_at(seat, question, reply), reply.tally
                )
                return reply
            except InvalidRequest as error:
                if error.upstream_status not in _NOT_THERE:
                    raise
        client = _counting(question.dialect)
        request = client.read_count_request(question.body, model=question.model)
        reply.content = orjson.dumps(client.write_count(estimated_tokens(request)))
        reply.dropped, reply.estimated = [], True
        return reply

    async def _candidates(self, question: Question, ability: Ability | None) -> Sequence[Candidate]:
        resolution = await self.router.registry.resolve(question.model, question.caller)
        caller = question.caller
        allowed = admitted(
            caller, (resolution.asked, resolution.name), resolution.candidates, self.router.registry.is_free
        )
        needs = Needs(frozenset({ability} if ability else ()), 0)
        boundary = narrower(question.boundary, caller.boundary)
        return self.router.choice.order(replace(resolution, candidates=tuple(allowed)), needs, boundary)

    async def _embed_at(self, seat: Seat, question: Question, reply: Reply) -> None:
        client, upstream = _embedding(question.dialect), _embedding(self._dialect(seat.candidate))
        passes = question.dialect.name == self._dialect(seat.candidate).name

        def write(model: str) -> Written:
            if passes:
                return Written(*client.pass_embedding(question.body, model), [])
            asked = client.read_embedding_request(question.body, model=question.model)
            return upstream.write_embedding_request(replace(asked, model=model))

        content, document = await self._ask(seat, write, reply)
        reply.usage = self._dialect(seat.candidate).read_usage(document)
        if passes:
            reply.content = content
            return
        asked = client.read_embedding_request(question.body, model=question.model)
        embeddings = upstream.read_embeddings(document)
        if len(embeddings.vectors) != len(asked.inputs):
            raise UpstreamFailed("The provider sent another number of vectors than it was given texts.", "Try again.")
        embeddings.model = embeddings.model or seat.candidate.name
        reply.content = orjson.dumps(client.write_embeddings(embeddings, question.body))

    async def _count_at(self, seat: Seat, question: Question, reply: Reply) -> None:
        client, upstream = _counting(question.dialect), _counting(self._dialect(seat.candidate))
        passes = question.dialect.name == self._dialect(seat.candidate).name

        def write(model: str) -> Written:
            if passes:
                return Written(*client.pass_count(question.body, model), [])
            asked = client.read_count_request(question.body, model=question.model)
            return upstream.write_count_request(replace(asked, model=model))

        content, document = await self._ask(seat, write, reply)
        reply.content = content if passes else orjson.dumps(client.write_count(upstream.read_count(document)))

    async def _ask(self, seat: Seat, write: Callable[[str], Written], reply: Reply) -> tuple[bytes, dict[str, Any]]:
        """Send what `write` makes for the model's name at the provider; the answer, and what it says."""
        candidate, upstream = seat.candidate, self.router.upstream
        reply.candidate = candidate
        async with candidate.provider.reach(candidate.name, seat.credential, _unheard) as address:
            written = fitted(address, write(address.model))
            reply.dropped = written.dropped
            answer = await upstream.post(address, written, self._dialect(candidate))
            try:
                content = await read_whole(answer, upstream.settings.idle_seconds)
            finally:
                answer.close()
        return content, await in_thread(json_object, content) if len(content) > LARGE else json_object(content)

    async def _record(
        self, question: Question, reply: Reply, began: float, state: TurnState, error: TriforceError | None
    ) -> None:
        candidate, guess = reply.candidate, question.characters // CHARACTERS_PER_TOKEN if state == "done" else 0
        used = reply.usage or Usage(input_tokens=guess, output_tokens=0)
        await self.router.prices.ready(candidate.provider, candidate.name, candidate.listed)
        cost = self.router.prices.cost(candidate.provider, candidate.name, candidate.listed, used)
        entry = Entry(
            request=question.request_id,
            ts=self.router.clock.now_ms(),
            client=question.caller.account,
            session=None,
            provider=candidate.provider.name,
            model=candidate.id,
            tokens_in=used["input_tokens"],
            tokens_out=0,
            estimated=int(reply.usage is None),
            cost=cost.amount if cost else None,
            currency=cost.currency if cost else None,
            state=state,
            error=error.code if error else None,
            first_token_ms=None,
            total_ms=round((self.router.clock.ticks() - began) * 1_000),
            token=question.caller.token,
            local=int(candidate.is_local),
        )
        await self.router.ledger.record(entry, _asked(question, reply, error))
        told = Told(input_tokens=used["input_tokens"], output_tokens=0, estimated=reply.usage is None)
        reply.hold.settle(*counted(reply.hold, told, cost, local=candidate.is_local))
        if (acting := question.caller.acting) is not None:
            acting.used(told, cost.amount if cost else None)

    async def _does_not_embed(self, candidate: Candidate) -> InvalidRequest:
        models = (await self.router.registry.models())["items"]
        able = [model["id"] for model in models if "embeddings" in model["abilities"]][:_NAMED]
        hint = f"These do: {', '.join(able)}." if able else "No provider that is set up here has a model that does."
        return InvalidRequest(f"{candidate.id} makes no embeddings.", hint)

    def _dialect(self, candidate: Candidate) -> Dialect:
        return self.router.dialects[candidate.provider.dialect]


def _asked(question: Question, reply: Reply, error: TriforceError | None) -> Asked:
    return Asked(
        caller=question.caller,
        model=question.model,
        boundary=narrower(question.boundary, question.caller.boundary),
        route=[
            *failed(reply.tally),
            *([] if error is not None else [RouteAttempt(model=reply.candidate.id, status=200, error=None, ms=None)]),
        ],
    )


def _embedding(dialect: Dialect) -> Embeds:
    assert isinstance(dialect, Embeds)
    return dialect


def _counting(dialect: Dialect) -> CountsTokens:
    assert isinstance(dialect, CountsTokens)
    return dialect


def _unheard(_: PullProgress) -> None:
    return
