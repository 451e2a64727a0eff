"""Anthropic's API: messages, and what they cost in tokens."""

from triforce_daemon.dialects.anthropic.dialect import Anthropic
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.inference import errors_of, infer
from triforce_daemon.routes.policy import INFERENCE
from triforce_daemon.routes.questions import count_tokens
from triforce_daemon.routes.table import Routes

routes = Routes()

ANTHROPIC = Anthropic()


@routes.direct("POST", "/v1/messages", policy=INFERENCE, errors=errors_of(ANTHROPIC))
async def messages(exchange: Exchange) -> None:
    """Answer a message; with `stream: true` as server-sent events."""
    await infer(exchange, ANTHROPIC, await exchange.json())


@routes.direct("POST", "/v1/messages/count_tokens", policy=INFERENCE, errors=errors_of(ANTHROPIC))
async def count_message_tokens(exchange: Exchange) -> None:
    """How many tokens a message would cost; guessed where the model's provider does not count."""
    await count_tokens(exchange, ANTHROPIC)
