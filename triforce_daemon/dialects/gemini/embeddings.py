"""Embeddings, one or many at a time: https://ai.google.dev/api/embeddings"""

from typing import Any, cast

from triforce_daemon.dialects import fields
from triforce_daemon.dialects.canonical import EmbeddingRequest, Embeddings, Usage, Written
from triforce_daemon.dialects.figures import count, details
from triforce_daemon.dialects.gemini.names import camel, camel_object
from triforce_daemon.dialects.gemini.parts import OWN
from triforce_daemon.dialects.gemini.request import model_in, path_of
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.errors import UpstreamFailed

_KNOWN = frozenset(("model", "content", "outputDimensionality"))


def read_embedding_request(body: dict[str, Any], model: str | None) -> EmbeddingRequest:
    """`embedContent` or `batchEmbedContents`. Raises InvalidRequest that names the field."""
    body = camel(body)
    if "requests" not in body:
        asked = [(body, "")]
    else:
        entries = fields.entries(body, "requests")
        asked = [(camel_object(one, f"requests[{n}]"), f"requests[{n}]") for n, one in enumerate(entries)]
    if not asked:
        fields.refuse("requests", "a list of at least one request")
    first = asked[0][0]
    extras = {name: value for name, value in first.items() if name not in _KNOWN and value is not None}
    return EmbeddingRequest(
        model=model_in(first, model),
        inputs=[_text(one, path) for one, path in asked],
        dimensions=fields.whole(first, "outputDimensionality", asked[0][1]),
        extras={OWN: extras} if extras else {},
    )


def _text(asked: dict[str, Any], path: str) -> str:
    path = fields.place(path, "content")
    content = camel_object(asked.get("content"), path)
    parts = fields.entries(content, "parts", path)
    if not parts:
        fields.refuse(f"{path}.parts", "a list of at least one part")
    texts = [
        fields.needed_text(fields.as_object(part, f"{path}.parts[{number}]"), "text", f"{path}.parts[{number}]")
        for number, part in enumerate(parts)
    ]
    return "\n".join(texts)


def write_embedding_request(request: EmbeddingRequest) -> Written:
    losses = Losses()
    losses.where(user=request.user)
    shared: dict[str, Any] = {"model": f"models/{request.model.removeprefix('models/')}"}
    if request.dimensions is not None:
        shared["outputDimensionality"] = request.dimensions
    shared |= losses.extras({"extras": request.extras}, OWN)
    requests = [{**shared, "content": {"parts": [{"text": text}]}} for text in request.inputs]
    return Written(path_of(request.model, "batchEmbedContents"), {"requests": requests}, losses.names())


def read_embeddings(body: dict[str, Any]) -> Embeddings:
    """The model stays unnamed, as the provider leaves it. Raises UpstreamFailed where it is no answer."""
    found: list[Any] = cast("list[Any]", body.get("embeddings")) if "embeddings" in body else [body.get("embedding")]
    try:
        vectors = [[float(number) for number in one["values"]] for one in found]
    except (TypeError, KeyError, ValueError):
        raise UpstreamFailed("The provider sent no embeddings.", "Try again, or try another model.") from None
    tokens = count(details(body, "usageMetadata"), "promptTokenCount")
    usage = Usage(input_tokens=tokens, output_tokens=0) if tokens else None
    return Embeddings(model="", vectors=vectors, usage=usage)


def write_embeddings(embeddings: Embeddings, body: dict[str, Any]) -> dict[str, Any]:
    """In the form in which it was asked."""
    values = [{"values": vector} for vector in embeddings.vectors]
    written: dict[str, Any] = {"embeddings": values} if "requests" in body else {"embedding": values[0]}
    if embeddings.usage is not None:
        tokens = embeddings.usage["input_tokens"]
        written["usageMetadata"] = {"promptTokenCount": tokens, "totalTokenCount": tokens}
    return written


def pass_embedding(body: dict[str, Any], model: str) -> tuple[str, dict[str, Any]]:
    name = f"models/{model.removeprefix('models/')}"
    if not isinstance(body.get("requests"), list):
        return path_of(model, "embedContent"), {**body, "model": name}
    asked = [fields.as_object(one, f"requests[{n}]") for n, one in enumerate(fields.entries(body, "requests"))]
    requests = [{**one, "model": name} for one in asked]
    return path_of(model, "batchEmbedContents"), {**body, "requests": requests}
