"""Prompts that are kept under a name, each caller's own."""

from typing import Annotated

from fastapi import Depends, Query

from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import SESSIONS
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.prompts import Prompts
from triforce_daemon.wire.prompts import NewPrompt, PromptDeleted, PromptDetail, PromptList, Rendered, RenderRequest

routes = Routes()

Desk = Annotated[Prompts, Depends(Needs(Prompts))]


@routes.get("/v1/prompts", policy=SESSIONS)
async def list_prompts(prompts: Desk, caller: Who, tag: str | None = None) -> PromptList:
    """The newest version of each."""
    return await prompts.all(caller, tag)


@routes.get("/v1/prompts/{name}", policy=SESSIONS)
async def show_prompt(
    name: str, prompts: Desk, caller: Who, version: Annotated[int | None, Query(ge=1)] = None
) -> PromptDetail:
    """One of them, the newest version unless another is asked for."""
    return await prompts.get(caller, name, version)


@routes.put("/v1/prompts/{name}", policy=SESSIONS)
async def set_prompt(name: str, new: NewPrompt, prompts: Desk, caller: Who) -> PromptDetail:
    """Make one, or a new version of it."""
    return await prompts.put(caller, name, new)


@routes.delete("/v1/prompts/{name}", policy=SESSIONS)
async def delete_prompt(name: str, prompts: Desk, caller: Who) -> PromptDeleted:
    """Forget it, with all its versions."""
    return await prompts.delete(caller, name)


@routes.post("/v1/prompts/{name}/render", policy=SESSIONS)
async def render_prompt(name: str, request: RenderRequest, prompts: Desk, caller: Who) -> Rendered:
    """The text with its gaps filled."""
    return await prompts.render(caller, name, request)
