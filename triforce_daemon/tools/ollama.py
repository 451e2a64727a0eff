"""The Ollama of this machine: what it has, what it can, and what an admin does with it."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.services.asking.vectors import Embedder, Vectors
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.services.ollama import Ollama
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.wire.errors import ErrorBody
from triforce_daemon.wire.jobs import JobState

Model = Annotated[
    str,
    "as Ollama names it, like llama3.2:3b; PROVIDER/MODEL for another server",
    Field(max_length=256, pattern=r"^[\w.:/@-]+$"),
]
Node = Annotated[str | None, "the machine; without it this one, and no other yet", Field(max_length=256)]
Text = Annotated[str, Field(min_length=1, max_length=1_000_000)]
Texts = Annotated[list[Text], Field(min_length=1, max_length=2_048)]
#: How long a call waits for a model, in seconds; the job goes on.
_PATIENCE = 3_600


class OllamaModel(TypedDict):
    name: str
    id: str
    """By which models are asked here."""
    size: int | None
    digest: str | None
    family: str | None
    parameters: str | None
    quantization: str | None
    modified_at: str | None


class OllamaModels(TypedDict):
    models: list[OllamaModel]


@tool(
    tier="guest",
    effect="read",
    requires=(Ollama,),
    keywords=("local models", "installed models", "lokale Modelle", "installierte Modelle", "Ollama"),
)
async def ollama_list(node: Node = None, *, ollama: Ollama, call: ToolCall) -> OllamaModels:
    """List the models that Ollama has on its disk."""
    provider, found = await ollama.models(call.caller, node)
    return OllamaModels(
        models=[
            OllamaModel(
                name=one.name,
                id=f"{provider.name}/{one.name}",
                size=one.size,
                digest=one.digest,
                family=one.details.family,
                parameters=one.details.parameters,
                quantization=one.details.quantization,
                modified_at=one.modified,
            )
            for one in found
        ]
    )


class OllamaPull(TypedDict):
    job_id: str
    state: JobState
    error: ErrorBody | None


@tool(
    tier="admin",
    effect="write",
    open_world=True,
    requires=(Ollama,),
    keywords=("download a model", "fetch", "install", "Modell herunterladen", "Modell laden", "installieren"),
)
async def ollama_pull(
    model: Model,
    node: Node = None,
    wait: Annotated[bool, "until it is there or has failed, an hour at most"] = False,
    *,
    ollama: Ollama,
    jobs: Jobs,
    call: ToolCall,
) -> OllamaPull:
    """Have Ollama fetch a model, as a job in the background."""
    job = await ollama.pull(call.caller, model, node)
    if not wait:
        return OllamaPull(job_id=job["id"], state=job["state"], error=None)
    ended = await jobs.wait(call.caller, job["id"], _PATIENCE)
    return OllamaPull(job_id=job["id"], state=ended["state"], error=ended["error"])


class OllamaGone(TypedDict):
    deleted: bool


@tool(
    tier="admin",
    effect="destroy",
    requires=(Ollama,),
    keywords=("remove a model", "free disk space", "Modell löschen", "Modell entfernen", "Platz schaffen"),
)
async def ollama_delete(model: Model, node: Node = None, *, ollama: Ollama) -> OllamaGone:
    """Delete a model from Ollama's disk."""
    await ollama.delete(model, node)
    return OllamaGone(deleted=True)


class OllamaShown(TypedDict):
    family: str | None
    parameters: str | None
    quantization: str | None
    context: int | None
    """Tokens that the model was made for."""
    capabilities: list[str]
    template: str
    licence: str
    size: int | None
    """Bytes on the disk; null: it is not in the list."""


@tool(
    tier="guest",
    effect="read",
    idempotent=True,
    requires=(Ollama,),
    keywords=("model details", "licence", "template", "context length", "Einzelheiten", "Lizenz", "Vorlage"),
)
async def ollama_show(model: Model, node: Node = None, *, ollama: Ollama, call: ToolCall) -> OllamaShown:
    """Show what Ollama says of one of its models."""
    shown, on_disk = await ollama.show(call.caller, model, node)
    return OllamaShown(
        family=shown.details.family,
        parameters=shown.details.parameters,
        quantization=shown.details.quantization,
        context=shown.context,
        capabilities=shown.capabilities,
        template=shown.template,
        licence=shown.licence,
        size=on_disk.size if on_disk is not None else None,
    )


@tool(
    tier="free",
    effect="read",
    scope="inference",
    idempotent=True,
    requires=(Ollama,),
    keywords=("local embeddings", "vectors", "lokale Einbettung", "Vektoren", "Bedeutung"),
)
async def ollama_embed(
    model: Model,
    text: Annotated[Text | Texts, "one text or several"],
    *,
    ollama: Ollama,
    embedder: Embedder,
    call: ToolCall,
) -> Vectors:
    """Turn texts into vectors, by a model of Ollama's."""
    texts = [text] if isinstance(text, str) else text
    return await embedder.vectors(call.caller, call.request_id, texts, ollama.candidate(model).id)


class OllamaLoaded(TypedDict):
    model: str
    size_vram: int | None
    """Bytes in the graphics card's memory."""
    expires_at: str | None
    """When it will be unloaded."""


class OllamaStatus(TypedDict):
    up: bool
    version: str | None
    loaded: list[OllamaLoaded]
    latency_ms: int | None
    error: str | None
    """Why it is not up."""


@tool(
    tier="guest",
    effect="read",
    requires=(Ollama,),
    keywords=("is Ollama running", "loaded models", "in memory", "läuft Ollama", "geladene Modelle", "Speicher"),
)
async def ollama_status(node: Node = None, *, ollama: Ollama) -> OllamaStatus:
    """Tell whether Ollama answers, and which models it holds in memory."""
    found = await ollama.standing(node)
    return OllamaStatus(
        up=found.up,
        version=found.version,
        loaded=[OllamaLoaded(model=one.name, size_vram=one.size_vram, expires_at=one.expires) for one in found.loaded],
        latency_ms=found.latency_ms,
        error=found.why,
    )
