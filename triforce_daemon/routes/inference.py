"""A chat that comes in by any dialect: answered whole or as a stream, in the words of its client."""

import re
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Any, Protocol

import orjson

from triforce_daemon.access.remaining import Header
from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.dialects.losses import spelled
from triforce_daemon.errors import TriforceError
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.patience import Patience
from triforce_daemon.routes.refusal import ErrorWriter
from triforce_daemon.routes.request_headers import wishes_of
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.chat_router import ChatRouter
from triforce_daemon.services.routing.answer import Answer
from triforce_daemon.services.routing.call import Call, Outcome
from triforce_daemon.services.routing.reuse import Kept, Reuse
from triforce_daemon.stores.database import Write
from triforce_daemon.wire.constants import ATTEMPTS_HEADER, CACHE_HEADER, DEFAULT_ALIAS, DROPPED_HEADER, ROUTE_HEADER

#: So many characters of a header tell what was dropped: clients give up at longer ones.
_MOST_DROPPED = 2_000
_ROUTE = ROUTE_HEADER.encode()
_ATTEMPTS = ATTEMPTS_HEADER.encode()
_UNTELLABLE = re.compile(rb"[^ -~]")


def errors_of(dialect: Dialect) -> ErrorWriter:
    """How the dialect's clients are told what went wrong."""
    return lambda error, request_id: orjson.dumps(dialect.write_error(error, request_id))


class Keep(Protocol):
    """Somebody who wants what the answer says, or the end of its stream, in the commit that pays for it."""

    def take(self, last: bytes) -> bytes:
        """What the client gets in its place."""
        ...

    def writes(self, outcome: Outcome) -> Sequence[Write]: ...


def infer(
    exchange: Exchange,
    dialect: Dialect,
    body: dict[str, Any],
    *,
    model: str | None = None,
    stream: bool | None = None,
    earlier: int = 0,
    keep: Keep | None = None,
) -> Awaitable[None]:
    """Answer `body`; `model` and `stream` as far as the path tells them. Raises what the dialect's errors say.

    `earlier`: how many characters of the prompt did not come with the request.
    """
    if model is None and not body.get("model"):
        model = DEFAULT_ALIAS
    request = dialect.read_request(body, model=model, stream=stream)
    wishes = wishes_of(exchange, stream=request.stream)
    call = Call(
        request_id=exchange.request_id,
        caller=exchange.caller,
        request=request,
        prompt_characters=exchange.read_bytes + earlier,
        dialect=dialect,
        body=body,
        boundary=wishes.boundary,
        continues=wishes.goes_on,
    )
    if keep is not None:
        call = replace(call, closing=keep.writes)
    if wishes.only_plans:
        return _plan(exchange, call)
    if request.stream:
        return _stream(exchange, call, dialect, keep)
    return _answer(exchange, call, dialect, keep, wishes.seconds_to_keep)


async def _plan(exchange: Exchange, call: Call) -> None:
    await exchange.reply(200, orjson.dumps(await exchange.part(ChatRouter).plan(call)))


async def _answer(
    exchange: Exchange, call: Call, dialect: Dialect, keep: Keep | None, seconds_to_keep: int | None
) -> None:
    with exchange.watched():
        # What is stored has an id of its own, and is to be found by it: no two callers can have the same.
        if seconds_to_keep is None or keep is not None:
            content, answer = await _whole(exchange, call, keep)
            await exchange.reply(200, content, [*_headers(answer, dialect), *answer.hold.headers])
        else:
            await _reuse(exchange, call, dialect, seconds_to_keep)


async def _whole(exchange: Exchange, call: Call, keep: Keep | None) -> tuple[bytes, Answer]:
    """What the client gets, and the answer that it was, settled and closed."""
    async with await exchange.part(ChatRouter).open(call) as answer:
        content = answer.content if keep is None else keep.take(answer.content)
        await answer.settle()
        return content, answer


async def _reuse(exchange: Exchange, call: Call, dialect: Dialect, seconds: int) -> None:
    """Reply with an answer that is at most `seconds` old, or with one that is kept from now on."""
    left: Sequence[Header] = ()

    async def make() -> Kept:
        nonlocal left
        content, answer = await _whole(exchange, call, None)
        left = answer.hold.headers
        candidate, headers = answer.candidate, _headers(answer, dialect)
        return Kept(content, candidate.provider.name, candidate.id, headers, exchange.part(Clock).now_ms())

    kept, how, counted = await exchange.part(Reuse).answer(call, seconds, make)
    await exchange.reply(200, kept.content, [*kept.headers, (CACHE_HEADER.encode(), how.encode()), *(counted or left)])


async def _stream(exchange: Exchange, call: Call, dialect: Dialect, keep: Keep | None) -> None:
    try:
        # What ends it from outside, like the end of the daemon, is told within it too.
        with exchange.watched(), Patience(exchange, dialect) as patience:
            async with await exchange.part(ChatRouter).open(call) as answer:
                patience.over()
                if not exchange.started:
                    headers = [*_headers(answer, dialect), *answer.hold.headers]
                    await exchange.start_stream(headers, content_type=dialect.content_type)
                while ready := await answer.next():
                    await exchange.write(ready)
                end = answer.end if keep is None else keep.take(answer.end)
                await answer.settle()
                await exchange.end_stream(end)
    except TriforceError as error:
        if not exchange.started:
            raise
        # The status has long been sent: the error is the stream's last word, in the client's own form.
        await exchange.end_stream(dialect.writer(call.request).fail(error, call.request_id))


def _headers(answer: Answer, dialect: Dialect) -> list[tuple[bytes, bytes]]:
    dropped: Sequence[str] = answer.dropped
    if dropped:
        dropped = spelled(dropped, dialect.spelling, kept=answer.call.request.extras.get(dialect.name, {}))
    return route_headers(answer.candidate.id, answer.tally.attempts, dropped)


def route_headers(candidate: str, attempts: int, dropped: Sequence[str]) -> list[tuple[bytes, bytes]]:
    """Who answered, after how many requests, and what he was not told of the client's."""
    headers = [
        (_ROUTE, candidate.encode("ascii", "replace")),
        (_ATTEMPTS, b"%d" % attempts),
    ]
    if dropped:
        headers.append((DROPPED_HEADER.encode(), _in_a_header(dropped)))
    return headers


def _in_a_header(names: Sequence[str]) -> bytes:
    """The names as far as a header holds them: clients call their fields what they want."""
    told = _UNTELLABLE.sub(b"?", ",".join(names).encode("ascii", "replace"))
    if len(told) <= _MOST_DROPPED:
        return told
    return (told[:_MOST_DROPPED].rpartition(b",")[0] + b",...").lstrip(b",")
