"""Ollama's API: chat, generate, and what it tells of models: https://docs.ollama.com/api"""

from typing import Annotated, Any

import orjson
from fastapi import Depends
from typing_extensions import TypedDict

from triforce_daemon.dialects.ollama.dialect import Ollama, OllamaEmbedding, OllamaGenerate
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.inference import errors_of, infer
from triforce_daemon.routes.parts import Needs
from triforce_daemon.routes.policy import INFERENCE
from triforce_daemon.routes.questions import embed
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.wire.constants import VERSION
from triforce_daemon.wire.models import Model

routes = Routes()

CHAT = Ollama()
GENERATE = OllamaGenerate()
EMBEDDING = OllamaEmbedding()

Registry = Annotated[ModelRegistry, Depends(Needs(ModelRegistry))]


class Named(TypedDict):
    model: str


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


@routes.get("/api/tags", policy=INFERENCE)
async def tags(registry: Registry) -> dict[str, Any]:
    """The models, in Ollama's shape."""
    return {"models": [_tag(model) for model in (await registry.models())["items"]]}


@routes.get("/api/ps", policy=INFERENCE)
async def running(registry: Registry) -> dict[str, Any]:
    """The models that are in memory."""
    models = {model["id"]: model for model in (await registry.models())["items"]}
    return {"models": [_tag(models[engine["model"]]) for engine in registry.engines() if engine["model"] in models]}


@routes.post("/api/show", policy=INFERENCE)
async def show(named: Named, registry: Registry) -> dict[str, Any]:
    """One model."""
    model = await registry.get(named["model"])
    words = {"chat": "completion"}
    return {
        "license": "",
        "modelfile": "",
        "parameters": "",
        "template": "",
        "details": _details(model),
        "model_info": {
            "general.architecture": model["provider"],
            f"{model['provider']}.context_length": model["context"],
        },
        "capabilities": [words.get(ability, ability) for ability in model["abilities"]],
    }


@routes.get("/api/version", policy=INFERENCE)
async def version() -> dict[str, str]:
    """Clients ask this to see whether somebody is there."""
    return {"version": VERSION}


def _tag(model: Model) -> dict[str, Any]:
    return {
        "name": model["id"],
        "model": model["id"],
        "modified_at": "1970-01-01T00:00:00Z",
        "size": model["size_bytes"] or 0,
        "digest": "",
        "details": _details(model),
    }


def _details(model: Model) -> dict[str, Any]:
    return {
        "parent_model": "",
        "format": "gguf" if model["path"] else "",
        "family": model["provider"],
        "families": [model["provider"]],
        "parameter_size": "",
        "quantization_level": "",
    }
