"""Vectors of texts: https://docs.ollama.com/api/embed"""

from typing import Any, cast

from triforce_daemon.dialects import fields
from triforce_daemon.dialects.canonical import EmbeddingRequest, Embeddings, Usage, Written
from triforce_daemon.dialects.figures import count
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.ollama.errors import error_in
from triforce_daemon.dialects.ollama.messages import OWN
from triforce_daemon.errors import UpstreamFailed

PATH = "/api/embed"
#: One text at a time, as it was before.
PROMPT_PATH = "/api/embeddings"
_KNOWN = ("model", "input", "dimensions")


def read_embedding_request(body: dict[str, Any], model: str | None) -> EmbeddingRequest:
    """Raises InvalidRequest that names the field."""
    inputs = fields.texts(body, "input")
    if not inputs:
        fields.refuse("input", "text, or a list of texts")
    extras = {name: value for name, value in body.items() if name not in _KNOWN and value not in (None, {})}
    return EmbeddingRequest(
        model=model if model is not None else fields.needed_text(body, "model"),
        inputs=inputs,
        dimensions=fields.whole(body, "dimensions"),
        extras={OWN: extras} if extras else {},
    )


def read_prompt(body: dict[str, Any], model: str | None) -> EmbeddingRequest:
    """As /api/embeddings has it, one text. Raises InvalidRequest that names the field."""
    text = fields.needed_text(body, "prompt")
    rest = {name: value for name, value in body.items() if name != "prompt"}
    return read_embedding_request({**rest, "input": text}, model)


def write_embedding_request(request: EmbeddingRequest) -> Written:
    losses = Losses()
    losses.where(user=request.user)
    body: dict[str, Any] = {"model": request.model, "input": request.inputs}
    if request.dimensions is not None:
        body["dimensions"] = request.dimensions
    body |= losses.extras({"extras": request.extras}, OWN)
    return Written(PATH, body, losses.names())


def pass_embedding(body: dict[str, Any], model: str, path: str = PATH) -> tuple[str, dict[str, Any]]:
    return path, body if body.get("model") == model else {**body, "model": model}


def read_embeddings(body: dict[str, Any]) -> Embeddings:
    """Raises UpstreamFailed where they are none."""
    vectors = body.get("embeddings")
    if not isinstance(vectors, list) or not all(isinstance(one, list) for one in cast(list[Any], vectors)):
        if body.get("error"):
            raise error_in(500, body)
        raise UpstreamFailed("The provider sent no embeddings.", "Try again, or try another model.")
    tokens = count(body, "prompt_eval_count")
    used = Usage(input_tokens=tokens, output_tokens=0) if tokens else None
    return Embeddings(model=str(body.get("model") or ""), vectors=cast(list[list[float]], vectors), usage=used)


def write_embeddings(embeddings: Embeddings) -> dict[str, Any]:
    return {
        "model": embeddings.model,
        "embeddings": embeddings.vectors,
        "total_duration": 0,
        "load_duration": 0,
        "prompt_eval_count": embeddings.usage["input_tokens"] if embeddings.usage else 0,
    }
