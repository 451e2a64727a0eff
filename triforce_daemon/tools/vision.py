"""What models see in pictures, and how near texts are in meaning."""

import asyncio
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.services.asking.vectors import Embedder, Near, ranked
from triforce_daemon.services.asking.vision import MOST_BYTES, Vision
from triforce_daemon.services.files import Place
from triforce_daemon.services.sources.sources import Sources
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.wire.usage import Usage

Model = Annotated[str | None, "an id, an alias or a bare name; without it the default model"]
Text = Annotated[str, Field(min_length=1, max_length=1_000_000)]


class Seen(TypedDict):
    text: str
    model: str
    usage: Usage


@tool(
    tier="pro",
    effect="write",
    scope="inference",
    open_world=True,
    keywords=("picture", "photo", "describe image", "OCR", "screenshot", "Bild", "Foto", "Bild beschreiben", "sehen"),
)
async def analyze_image(
    image: Annotated[
        str, "a file in a workspace, an https URL or a data URL", Field(min_length=1, max_length=7_000_000)
    ],
    prompt: Annotated[str | None, "what to say of it; without: describe it", Field(max_length=100_000)] = None,
    model: Model = None,
    *,
    sources: Sources,
    vision: Vision,
    call: ToolCall,
) -> Seen:
    """Have a model look at a picture, and say what is asked."""
    found = await sources.get(Place(call.caller, image, call.folder), MOST_BYTES)
    said = await vision.look(call.caller, call.request_id, found.data, prompt, model)
    return Seen(text=said["text"], model=said["model"], usage=said["usage"])


class Similar(TypedDict):
    ranked: list[Near]
    """The nearest first."""
    model: str
    dimensions: int


@tool(
    tier="free",
    effect="read",
    scope="inference",
    idempotent=True,
    keywords=("nearest", "semantic search", "compare texts", "ähnlich", "Ähnlichkeit", "Bedeutung", "vergleichen"),
)
async def similarity(
    query: Annotated[Text, "what the others are compared with"],
    texts: Annotated[list[Text], "what is compared with it", Field(min_length=1, max_length=2_047)],
    model: Model = None,
    top_k: Annotated[int, "how many at most", Field(ge=1, le=2_047)] = 5,
    *,
    embedder: Embedder,
    call: ToolCall,
) -> Similar:
    """Rank texts by how near they are in meaning to another one."""
    made = await embedder.vectors(call.caller, call.request_id, [query, *texts], model)
    first, *others = made["vectors"]
    near = await asyncio.to_thread(ranked, first, others, top_k)
    return Similar(ranked=near, model=made["model"], dimensions=made["dimensions"])
