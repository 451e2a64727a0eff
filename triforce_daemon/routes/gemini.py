"""Gemini's API: generateContent, token counts and embeddings; under /v1beta and /v1."""

from triforce_daemon.dialects.gemini.dialect import Gemini
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.inference import errors_of, infer
from triforce_daemon.routes.policy import INFERENCE
from triforce_daemon.routes.questions import count_tokens, embed
from triforce_daemon.routes.table import Routes

routes = Routes()

GEMINI = Gemini()


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
