"""OpenAI's API: chat completions, Responses and embeddings."""

import orjson

from triforce_daemon.dialects.openai_chat.dialect import OpenAIChat
from triforce_daemon.dialects.openai_completions.dialect import OpenAICompletions
from triforce_daemon.dialects.openai_responses.dialect import KeptResponses, OpenAIResponses
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.inference import errors_of, infer
from triforce_daemon.routes.policy import INFERENCE
from triforce_daemon.routes.questions import embed
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.responses import StoredResponses

routes = Routes()

CHAT = OpenAIChat()
COMPLETIONS = OpenAICompletions()
RESPONSES = OpenAIResponses()


@routes.direct("POST", "/v1/chat/completions", policy=INFERENCE, errors=errors_of(CHAT))
async def chat_completions(exchange: Exchange) -> None:
    """Answer a chat; with `stream: true` as server-sent events."""
    await infer(exchange, CHAT, await exchange.json())


@routes.direct("POST", "/v1/responses", policy=INFERENCE, errors=errors_of(RESPONSES))
async def create_response(exchange: Exchange) -> None:
    """Answer in the form of the Responses API; stored unless `store` is false, and going on from a stored one."""
    stored, body = exchange.part(StoredResponses), await exchange.json()
    keep = stored.keeping(exchange.caller, body)
    asked, earlier = await stored.continued(exchange.caller, body)
    dialect = RESPONSES if keep is None else KeptResponses(f"resp_{exchange.request_id}", keep.previous)
    await infer(exchange, dialect, asked, earlier=earlier, keep=keep)


@routes.direct("GET", "/v1/responses/{id}", policy=INFERENCE, errors=errors_of(RESPONSES))
async def get_response(exchange: Exchange) -> None:
    """A response that was stored; each caller's own."""
    await exchange.reply(200, await exchange.part(StoredResponses).get(exchange.caller, exchange.path["id"]))


@routes.direct("DELETE", "/v1/responses/{id}", policy=INFERENCE, errors=errors_of(RESPONSES))
async def delete_response(exchange: Exchange) -> None:
    """Delete one."""
    deleted = await exchange.part(StoredResponses).delete(exchange.caller, exchange.path["id"])
    await exchange.reply(200, orjson.dumps(deleted))


@routes.direct("POST", "/v1/completions", policy=INFERENCE, errors=errors_of(COMPLETIONS))
async def completions(exchange: Exchange) -> None:
    """Answer a prompt, as a chat of one turn; with `stream: true` as server-sent events."""
    await infer(exchange, COMPLETIONS, await exchange.json())


@routes.direct("POST", "/v1/embeddings", policy=INFERENCE, errors=errors_of(CHAT))
async def create_embeddings(exchange: Exchange) -> None:
    """The vectors of texts."""
    await embed(exchange, CHAT)
