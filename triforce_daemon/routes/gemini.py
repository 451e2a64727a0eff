"""Gemini's API: generateContent, token counts, embeddings, and the list of models; under /v1beta and /v1."""

from typing import Annotated, Any

from fastapi import Depends

from triforce_daemon.dialects.gemini.dialect import Gemini
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.inference import errors_of, infer
from triforce_daemon.routes.parts import Needs
from triforce_daemon.routes.policy import INFERENCE
from triforce_daemon.routes.questions import count_tokens, embed
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.wire.models import Model

routes = Routes()

GEMINI = Gemini()

Registry = Annotated[ModelRegistry, Depends(Needs(ModelRegistry))]


@routes.direct("POST", "/v1beta/models/{model:path}:generateContent", policy=INFERENCE, errors=errors_of(GEMINI))
@routes.direct("POST", "/v1/models/{model:path}:generateContent", policy=INFERENCE, errors=errors_of(GEMINI))
async def generate_content(exchange: Exchange) -> None:
    await infer(exchange, GEMINI, await exchange.json(), model=exchange.path["model"], stream=False)


@routes.direct("POST", "/v1beta/models/{model:path}:streamGenerateContent", policy=INFERENCE, errors=errors_of(GEMINI))
@routes.direct("POST", "/v1/models/{model:path}:streamGenerateContent", policy=INFERENCE, errors=errors_of(GEMINI))
async def stream_generate_content(exchange: Exchange) -> None:
    await infer(exchange, GEMINI, await exchange.json(), model=exchange.path["model"], stream=True)


@routes.direct("POST", "/v1beta/models/{model:path}:countTokens", policy=INFERENCE, errors=errors_of(GEMINI))
@routes.direct("POST", "/v1/models/{model:path}:countTokens", policy=INFERENCE, errors=errors_of(GEMINI))
async def count_content_tokens(exchange: Exchange) -> None:
    """How many tokens a prompt has; guessed where the model's provider does not count."""
    await count_tokens(exchange, GEMINI, model=exchange.path["model"])


@routes.direct("POST", "/v1beta/models/{model:path}:embedContent", policy=INFERENCE, errors=errors_of(GEMINI))
@routes.direct("POST", "/v1/models/{model:path}:embedContent", policy=INFERENCE, errors=errors_of(GEMINI))
@routes.direct("POST", "/v1beta/models/{model:path}:batchEmbedContents", policy=INFERENCE, errors=errors_of(GEMINI))
@routes.direct("POST", "/v1/models/{model:path}:batchEmbedContents", policy=INFERENCE, errors=errors_of(GEMINI))
async def embed_content(exchange: Exchange) -> None:
    """The vectors of one text, or of several."""
    await embed(exchange, GEMINI, model=exchange.path["model"])


@routes.get("/v1beta/models", policy=INFERENCE)
async def list_models(registry: Registry) -> dict[str, Any]:
    """The models, in Gemini's shape."""
    return {"models": [_gemini_model(model) for model in (await registry.models())["items"]]}


def _gemini_model(model: Model) -> dict[str, Any]:
    return {
        "name": f"models/{model['id']}",
        "displayName": model["id"],
        "inputTokenLimit": model["context"],
        "supportedGenerationMethods": ["generateContent"],
    }
