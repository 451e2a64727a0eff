"""The MCP server of the official SDK, with everything that the daemon has to say in it."""

import os
from typing import Any

from mcp.server.caching import CacheHint
from mcp.server.lowlevel.server import Server
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler
from mcp_types import EmptyResult, SetLevelRequestParams, SubscribeRequestParams, UnsubscribeRequestParams

from triforce_daemon.mcp_server.request import Context, caller_of
from triforce_daemon.mcp_server.shelf_handlers import ShelfHandlers
from triforce_daemon.mcp_server.tool_handlers import ToolHandlers
from triforce_daemon.mcp_server.tool_words import NAME, TITLE
from triforce_daemon.toolbox.approvals import asker_of
from triforce_daemon.wire.constants import VERSION

_INSTRUCTIONS = (
    "The tools of a triforce daemon: models, files, memory, search, jobs. `tools_index` finds one by what it does,"
    " `tool_lookup` shows its parameters. A call that needs an approval says so and names it; a person grants it."
)
_OF_MOUNTED = (
    "The tools, resources and prompts of the server {0}, under its own names. A call that needs an approval says so and"
    " names it; a person grants it."
)
#: What a caller may call changes with his rights; what there is to read, with every conversation.
_FRESH = CacheHint(ttl_ms=60_000, scope="private")
_STALE = CacheHint(ttl_ms=0, scope="private")


def server(
    tools: ToolHandlers, shelf: ShelfHandlers, bus: InMemorySubscriptionBus, of: str | None = None
) -> Server[Any]:
    """The server for both revisions; `bus` carries what has changed to whoever listens.

    `of`: the mounted server of which it is. What that says of itself as a whole nobody has accepted: it is left out.
    """
    made: Server[Any] = Server(
        NAME if of is None else f"{NAME}/{of}",
        version=VERSION,
        title=TITLE if of is None else f"{of}, by {TITLE}",
        instructions=_INSTRUCTIONS if of is None else _OF_MOUNTED.format(of),
        cache_hints={
            "tools/list": _FRESH,
            "prompts/list": _STALE,
            "resources/list": _STALE,
            "resources/templates/list": _FRESH,
            "resources/read": _STALE,
            "server/discover": _FRESH,
        },
        get_tool_input_schema=tools.input_schema,
        on_list_tools=tools.list_tools,
        on_call_tool=tools.call_tool,
        on_list_resources=shelf.list_resources,
        on_list_resource_templates=shelf.list_templates,
        on_read_resource=shelf.read_resource,
        on_list_prompts=shelf.list_prompts,
        on_get_prompt=shelf.get_prompt,
        on_completion=shelf.complete,
        on_subscribe_resource=_subscribe,
        on_unsubscribe_resource=_unsubscribe,
        on_subscriptions_listen=ListenHandler(bus),
    )
    # Not by the constructor, which warns of it: clients of older revisions set a level all the same.
    made.add_request_handler("logging/setLevel", SetLevelRequestParams, _set_level)
    security = RequestStateSecurity(keys=[os.urandom(32)], bind_principal=_principal)
    made.middleware.append(RequestStateBoundary(security, default_audience=made.name))
    return made


def _principal(context: Context) -> str:
    """Whose state it is: it does not serve anybody else."""
    caller = caller_of(context)
    return f"{caller.account} {asker_of(caller)}"


async def _set_level(context: Context, params: SetLevelRequestParams) -> EmptyResult:
    """Taken notice of: only a mounted server logs to a client, and says at which level by itself."""
    return EmptyResult()


async def _subscribe(context: Context, params: SubscribeRequestParams) -> EmptyResult:
    """Nothing that can be read tells when it changes yet; to say no would end older clients' sessions."""
    return EmptyResult()


async def _unsubscribe(context: Context, params: UnsubscribeRequestParams) -> EmptyResult:
    return EmptyResult()
