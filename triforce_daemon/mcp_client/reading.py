"""What a mounted server has beside tools: resources, templates of them, prompts, and words that fit into those."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from mcp.client.session import ClientSession
from mcp_types import PromptReference, ReadResourceResult, ResourceTemplateReference
from pydantic import BaseModel

from triforce_daemon.errors import ToolFailed
from triforce_daemon.mcp_client.paging import Told, paged
from triforce_daemon.mcp_client.read_items import Items, Reading


async def listed(session: ClientSession, told: Told) -> Reading:
    """What there is; a list that the server fails to give is an empty one. Raises Gone."""
    offers = session.server_capabilities
    resources: Items = ()
    templates: Items = ()
    prompts: Items = ()
    if offers is not None and offers.resources is not None:
        resources = await _all(session.list_resources, "resources", told)
        templates = await _all(session.list_resource_templates, "resource_templates", told)
    if offers is not None and offers.prompts is not None:
        prompts = await _all(session.list_prompts, "prompts", told)
    return Reading(resources, templates, prompts)


async def contents(session: ClientSession, told: Told, uri: str) -> Items:
    """A resource, as contents of MCP. Raises Gone, ToolFailed."""
    answer: ReadResourceResult = await told(session.read_resource(uri))
    return [dumped(one) for one in answer.contents]


async def completions(
    session: ClientSession, told: Told, kind: str, name: str, argument: str, begun: str
) -> Sequence[str]:
    """Words for an argument of a prompt or a template; none where the server knows none. Raises Gone."""
    if session.server_capabilities is None or session.server_capabilities.completions is None:
        return ()
    template = ResourceTemplateReference(type="ref/resource", uri=name)
    ref = PromptReference(type="ref/prompt", name=name) if kind == "prompt" else template
    try:
        answer = await told(session.complete(ref, {"name": argument, "value": begun}))
    except ToolFailed:
        return ()
    return list(answer.completion.values)


async def _all(ask: Callable[..., Awaitable[Any]], field: str, told: Told) -> Items:
    try:
        return await paged(ask, field, told)
    except ToolFailed:
        return ()


def dumped(value: BaseModel) -> dict[str, Any]:
    """In the words of the protocol."""
    return value.model_dump(by_alias=True, mode="json", exclude_none=True)
