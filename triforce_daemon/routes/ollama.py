"""Ollama's API: chat, generate and embed: https://docs.ollama.com/api"""

import orjson

from triforce_daemon.dialects.ollama.dialect import Ollama, OllamaEmbedding, OllamaGenerate
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.inference import errors_of, infer
from triforce_daemon.routes.policy import INFERENCE
from triforce_daemon.routes.questions import embed
from triforce_daemon.routes.table import Routes
from triforce_daemon.wire.constants import VERSION

routes = Routes()

CHAT = Ollama()
GENERATE = OllamaGenerate()
EMBEDDING = OllamaEmbedding()


@routes.direct("POST", "/api/chat", policy=INFERENCE, errors=errors_of(CHAT))
async def chat(exchange: Exchange) -> None:
    """Answer a chat; a stream of lines unless `stream` is false."""
    await _answer(exchange, CHAT)


@routes.direct("POST", "/api/generate", policy=INFERENCE, errors=errors_of(GENERATE))
async def generate(exchange: Exchange) -> None:
    """Go on from a prompt."""
    await _answer(exchange, GENERATE)


@routes.direct("POST", "/api/embed", policy=INFERENCE, errors=errors_of(CHAT))
async def embed_texts(exchange: Exchange) -> None:
    """The vectors of texts."""
    await embed(exchange, CHAT)


@routes.direct("POST", "/api/embeddings", policy=INFERENCE, errors=errors_of(EMBEDDING))
async def embed_prompt(exchange: Exchange) -> None:
    """The vector of one text, as it was asked for before `/api/embed`."""
    await embed(exchange, EMBEDDING)


async def _answer(exchange: Exchange, dialect: Ollama) -> None:
    body = await exchange.json()
    if dialect.only_loads(body):
        await exchange.reply(200, orjson.dumps(dialect.write_loaded(body)))
    else:
        await infer(exchange, dialect, body)


@routes.get("/api/version", policy=INFERENCE)
async def version() -> dict[str, str]:
    """Clients ask this to see whether somebody is there."""
    return {"version": VERSION}
