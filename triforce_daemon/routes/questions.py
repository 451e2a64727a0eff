"""A question that comes in by any dialect and is no chat: embeddings, and the number of a prompt's tokens."""

from typing import Any

from triforce_daemon.dialects import fields
from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.dialects.losses import spelled
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.inference import route_headers
from triforce_daemon.routes.request_headers import boundary_of
from triforce_daemon.services.questions import Question, Questions, Reply
from triforce_daemon.wire.constants import DEFAULT_ALIAS, ESTIMATED_HEADER


async def embed(exchange: Exchange, dialect: Dialect, *, model: str | None = None) -> None:
    """Answer with vectors; `model` as far as the path tells it. Raises what the dialect's errors say."""
    body = await exchange.json()
    # No default: vectors of two models have nothing to do with each other.
    question = _question(exchange, dialect, body, model or fields.needed_text(body, "model"))
    with exchange.watched():
        await _tell(exchange, question, await exchange.part(Questions).embed(question))


async def count_tokens(exchange: Exchange, dialect: Dialect, *, model: str | None = None) -> None:
    """Answer with the number of a prompt's tokens; `model` as far as the path tells it."""
    body = await exchange.json()
    question = _question(exchange, dialect, body, model or fields.text(body, "model") or DEFAULT_ALIAS)
    with exchange.watched():
        await _tell(exchange, question, await exchange.part(Questions).count_tokens(question))


def _question(exchange: Exchange, dialect: Dialect, body: dict[str, Any], model: str) -> Question:
    return Question(
        request_id=exchange.request_id,
        caller=exchange.caller,
        model=model,
        dialect=dialect,
        body=body,
        characters=exchange.read_bytes,
        boundary=boundary_of(exchange),
    )


async def _tell(exchange: Exchange, question: Question, reply: Reply) -> None:
    dropped = spelled(reply.dropped, question.dialect.spelling, kept=question.body)
    headers = [*route_headers(reply.candidate.id, reply.tally.attempts, dropped), *reply.hold.headers]
    if reply.estimated:
        headers.append((ESTIMATED_HEADER.encode(), b"true"))
    await exchange.reply(200, reply.content, headers)
