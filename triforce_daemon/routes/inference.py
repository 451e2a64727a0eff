"""A chat that comes in by any dialect: answered whole or as a stream, in the words of its client."""

from typing import Any, get_args

import orjson

from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.errors import InvalidRequest, TriforceError
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.refusal import ErrorWriter
from triforce_daemon.services.chat_router import ChatRouter
from triforce_daemon.services.routing.answer import Answer
from triforce_daemon.services.routing.call import Call
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.constants import (
    ATTEMPTS_HEADER,
    BOUNDARY_HEADER,
    DEFAULT_ALIAS,
    DROPPED_HEADER,
    ROUTE_HEADER,
)


def errors_of(dialect: Dialect) -> ErrorWriter:
    """How the dialect's clients are told what went wrong."""
    return lambda error, request_id: orjson.dumps(dialect.write_error(error, request_id))


async def infer(
    exchange: Exchange, dialect: Dialect, body: dict[str, Any], *, model: str | None = None, stream: bool | None = None
) -> None:
    """Answer `body`; `model` and `stream` as far as the path tells them. Raises what the dialect's errors say."""
    if model is None and not body.get("model"):
        model = DEFAULT_ALIAS
    request = dialect.read_request(body, model=model, stream=stream)
    call = Call(
        request_id=exchange.request_id,
        caller=exchange.caller,
        request=request,
        prompt_characters=exchange.read_bytes,
        dialect=dialect,
        body=body,
        boundary=_boundary(exchange),
    )
    async with exchange.watched():
        await (_stream if request.stream else _whole)(exchange, call, dialect)


async def _whole(exchange: Exchange, call: Call, dialect: Dialect) -> None:
    async with exchange.part(ChatRouter).open(call) as answer:
        await answer.settle()
        await exchange.reply(200, answer.content, _route_headers(answer))


async def _stream(exchange: Exchange, call: Call, dialect: Dialect) -> None:
    try:
        async with exchange.part(ChatRouter).open(call) as answer:
            await exchange.start_stream(_route_headers(answer), content_type=dialect.content_type)
            async for ready in answer.stream():
                await exchange.write(ready)
            await answer.settle()
            await exchange.end_stream(answer.end)
    except TriforceError as error:
        if not exchange.started:
            raise
        # The status has long been sent: the error is the stream's last word, in the client's own form.
        await exchange.end_stream(dialect.writer(call.request).fail(error, call.request_id))


def _boundary(exchange: Exchange) -> Boundary:
    """How far the client lets this prompt travel. Raises InvalidRequest."""
    told = exchange.header(BOUNDARY_HEADER.encode())
    if told is None:
        return "any"
    known: tuple[Boundary, ...] = get_args(Boundary)
    for boundary in known:
        if told == boundary.encode():
            return boundary
    raise InvalidRequest(f"{BOUNDARY_HEADER} is none of {', '.join(known)}.", "Leave it out for `any`.")


def _route_headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    headers = [
        (ROUTE_HEADER.encode(), answer.candidate.id.encode("ascii", "replace")),
        (ATTEMPTS_HEADER.encode(), str(answer.tally.attempts).encode()),
    ]
    if answer.dropped:
        headers.append((DROPPED_HEADER.encode(), ",".join(answer.dropped).encode("ascii", "replace")))
    return headers
