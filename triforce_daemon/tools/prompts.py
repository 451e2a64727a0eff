"""Prompts that the caller keeps under a name."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.services.prompts import Prompts
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.wire.prompts import NewPrompt, RenderRequest

Name = Annotated[str, "what it is called", Field(min_length=1, max_length=64)]


class PromptItem(TypedDict):
    name: str
    size: int
    """Characters."""
    updated_at: str
    tags: list[str]
    version: int


class PromptItems(TypedDict):
    prompts: list[PromptItem]


@tool(
    tier="free",
    effect="read",
    keywords=("templates", "saved prompts", "Vorlagen", "Vorlage", "gespeicherte Prompts", "Textbausteine"),
)
async def prompts(
    tag: Annotated[str | None, "only with this one"] = None, *, kept: Prompts, call: ToolCall
) -> PromptItems:
    """List the prompts that the caller keeps."""
    items = (await kept.all(call.caller, tag))["items"]
    return PromptItems(
        prompts=[
            PromptItem(
                name=one["name"],
                size=one["size"],
                updated_at=one["updated"],
                tags=one["tags"],
                version=one["version"],
            )
            for one in items
        ]
    )


class PromptText(TypedDict):
    name: str
    content: str
    version: int


@tool(
    tier="free",
    effect="read",
    idempotent=True,
    keywords=("template", "read a saved prompt", "show", "Vorlage lesen", "Vorlage zeigen"),
)
async def prompt_get(
    name: Name,
    version: Annotated[int | None, "an older one", Field(ge=1)] = None,
    *,
    kept: Prompts,
    call: ToolCall,
) -> PromptText:
    """Read a kept prompt, the newest version unless another is asked for."""
    found = await kept.get(call.caller, name, version)
    return PromptText(name=name, content=found["content"], version=found["version"])


class PromptKept(TypedDict):
    name: str
    version: int


@tool(
    tier="pro",
    effect="write",
    keywords=("save a prompt", "store template", "new version", "Vorlage speichern", "Vorlage anlegen", "ändern"),
)
async def prompt_set(
    name: Name,
    content: Annotated[str, "its text; {{name}} is a gap", Field(min_length=1)],
    tags: Annotated[list[str] | None, "what it is about; absent: as before"] = None,
    *,
    kept: Prompts,
    call: ToolCall,
) -> PromptKept:
    """Keep a prompt, or a new version of one."""
    new = NewPrompt(content=content) if tags is None else NewPrompt(content=content, tags=tags)
    made = await kept.put(call.caller, name, new)
    return PromptKept(name=name, version=made["version"])


class PromptGone(TypedDict):
    deleted: bool


@tool(
    tier="pro",
    effect="destroy",
    keywords=("remove a prompt", "forget template", "Vorlage löschen", "entfernen"),
)
async def prompt_delete(name: Name, *, kept: Prompts, call: ToolCall) -> PromptGone:
    """Forget a prompt with all its versions."""
    return PromptGone(deleted=bool((await kept.delete(call.caller, name))["versions"]))


class PromptRendered(TypedDict):
    text: str
    missing: list[str]
    """The gaps for which nothing was given."""


@tool(
    tier="free",
    effect="read",
    idempotent=True,
    keywords=("fill in a template", "variables", "Vorlage ausfüllen", "Platzhalter", "einsetzen"),
)
async def prompt_render(
    name: Name,
    variables: Annotated[dict[str, object] | None, "what stands in its gaps, by name"] = None,
    *,
    kept: Prompts,
    call: ToolCall,
) -> PromptRendered:
    """Fill the gaps of a kept prompt, and name those that stay open."""
    rendered = await kept.render(call.caller, name, RenderRequest(variables=variables or {}))
    return PromptRendered(text=rendered["text"], missing=rendered["missing"])
