"""Anthropic's API: messages."""

from triforce_daemon.dialects.anthropic.dialect import Anthropic
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.inference import errors_of, infer
from triforce_daemon.routes.policy import INFERENCE
from triforce_daemon.routes.table import Routes

routes = Routes()

ANTHROPIC = Anthropic()


@routes.direct("POST", "/v1/messages", policy=INFERENCE, errors=errors_of(ANTHROPIC))
async def messages(exchange: Exchange) -> None:
    """Answer a message; with `stream: true` as server-sent events."""
    await infer(exchange, ANTHROPIC, await exchange.json())
