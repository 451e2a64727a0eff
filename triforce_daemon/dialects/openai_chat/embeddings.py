"""Vectors of texts: https://platform.openai.com/docs/api-reference/embeddings"""

import base64
from array import array
from typing import Any, cast

from triforce_daemon.dialects import fields
from triforce_daemon.dialects.canonical import EmbeddingRequest, Embeddings, Usage, Written
from triforce_daemon.dialects.figures import count, details
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.openai_chat.parts import OWN
from triforce_daemon.dialects.openai_error import error_in
from triforce_daemon.errors import UpstreamFailed

PATH = "/embeddings"
_KNOWN = ("model", "input", "dimensions", "user", "encoding_format")


def read_embedding_request(body: dict[str, Any], model: str | None) -> EmbeddingRequest:
    """Raises InvalidRequest that names the field. Tokens in place of text only pass through."""
    form = fields.text(body, "encoding_format")
    if form not in (None, "float", "base64"):
        fields.refuse("encoding_format", "float or base64")
    inputs = fields.texts(body, "input")
    if not inputs:
        fields.refuse("input", "text, or a list of texts")
    extras = {name: value for name, value in body.items() if name not in _KNOWN and value is not None}
    return EmbeddingRequest(
        model=model if model is not None else fields.needed_text(body, "model"),
        inputs=inputs,
        dimensions=fields.whole(body, "dimensions"),
        user=fields.text(body, "user"),
        extras={OWN: extras} if extras else {},
    )


def write_embedding_request(request: EmbeddingRequest) -> Written:
    losses = Losses()
    body: dict[str, Any] = {"model": request.model, "input": request.inputs, "encoding_format": "float"}
    if request.dimensions is not None:
        body["dimensions"] = request.dimensions
    if request.user is not None:
        body["user"] = request.user
    body |= losses.extras({"extras": request.extras}, OWN)
    return Written(PATH, body, losses.names())


def pass_embedding(body: dict[str, Any], model: str) -> tuple[str, dict[str, Any]]:
    return PATH, body if body.get("model") == model else {**body, "model": model}


def read_embeddings(body: dict[str, Any]) -> Embeddings:
    """Raises UpstreamFailed where they are none."""
    data = body.get("data")
    if not isinstance(data, list):
        if body.get("error"):
            raise error_in(200, body)
        raise UpstreamFailed("The provider sent no embeddings.", "Try again, or try another model.")
    vectors = [_read_vector(entry) for entry in cast(list[Any], data)]
    tokens = count(details(body, "usage"), "prompt_tokens")
    used = Usage(input_tokens=tokens, output_tokens=0) if tokens else None
    return Embeddings(model=str(body.get("model") or ""), vectors=vectors, usage=used)


def _read_vector(entry: Any) -> list[float]:
    vector: Any = cast(dict[str, Any], entry).get("embedding") if isinstance(entry, dict) else None
    if isinstance(vector, list):
        return cast(list[float], vector)
    if isinstance(vector, str):
        try:
            return array("f", base64.b64decode(vector, validate=True)).tolist()
        except ValueError:
            pass
    raise UpstreamFailed("The provider sent an embedding that is no vector.", "Try again, or try another model.")


def write_embeddings(embeddings: Embeddings, body: dict[str, Any]) -> dict[str, Any]:
    """`body`: what the client asked; OpenAI's own library wants the vectors in base64."""
    packed = body.get("encoding_format") == "base64"
    tokens = embeddings.usage["input_tokens"] if embeddings.usage else 0
    return {
        "object": "list",
        "data": [
            {"object": "embedding", "index": number, "embedding": _packed(vector) if packed else vector}
            for number, vector in enumerate(embeddings.vectors)
        ],
        "model": embeddings.model,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def _packed(vector: list[float]) -> str:
    return base64.b64encode(array("f", vector).tobytes()).decode()
