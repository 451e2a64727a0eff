"""The Model Context Protocol: tools, resources and prompts for programs that speak it."""

from typing import TYPE_CHECKING

from fastapi import Request
from starlette.types import ASGIApp
from typing_extensions import TypedDict

from triforce_daemon.errors import TriforceError
from triforce_daemon.mcp_server.desk import McpDesk
from triforce_daemon.mcp_server.fast_lane import FastLane, message_of
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.json_body import refuse_too_many
from triforce_daemon.routes.policy import MOUNTED, PUBLIC, TOOL_SCOPES, TOOLS
from triforce_daemon.routes.table import Routes
from triforce_daemon.toolbox.toolsets import ALL

if TYPE_CHECKING:
    from triforce_daemon.mcp_server.endpoint import Endpoint

routes = Routes()

PATH = "/v1/mcp"


@routes.direct("POST", PATH, policy=TOOLS)
async def take_request(exchange: Exchange) -> None:
    """One message of Streamable HTTP; `toolset` narrows the tools that it is about."""
    body = await exchange.body()
    refuse_too_many(body)
    message = message_of(exchange.sent_headers, body)
    if message is not None:
        with exchange.watched():
            lane, toolset = exchange.part(FastLane), exchange.query("toolset") or ALL
            answer = await lane.answer(message, exchange.caller, toolset, exchange.request_id)
        if answer is not None:
            await exchange.reply(200, answer)
            return
    await _hand_over(exchange, (await exchange.part(McpDesk).endpoint()).serve, body)


@routes.direct("GET", PATH, policy=TOOLS)
async def listen(exchange: Exchange) -> None:
    """What the server has to say outside of any answer, as an event stream of a session."""
    await _hand_over(exchange, (await exchange.part(McpDesk).endpoint()).serve, endless=True)


@routes.direct("DELETE", PATH, policy=TOOLS)
async def end_session(exchange: Exchange) -> None:
    """End a session."""
    await _hand_over(exchange, (await exchange.part(McpDesk).endpoint()).serve)


@routes.direct("GET", PATH + "/sse", policy=TOOLS)
async def open_events(exchange: Exchange) -> None:
    """The event stream of the oldest revision, whose first event tells where to send messages."""
    await _hand_over(exchange, (await exchange.part(McpDesk).endpoint()).serve_events, endless=True)


@routes.direct("POST", PATH + "/messages", policy=TOOLS)
async def take_message(exchange: Exchange) -> None:
    """A message to such a stream."""
    body = await exchange.body()
    refuse_too_many(body)
    await _hand_over(exchange, (await exchange.part(McpDesk).endpoint()).take_message, body)


@routes.direct("POST", PATH + "/servers/{name}", policy=MOUNTED)
async def take_request_to_server(exchange: Exchange) -> None:
    """The same for one mounted server alone, whose tools, resources and prompts have their own names here."""
    body = await exchange.body()
    refuse_too_many(body)
    await _hand_over(exchange, (await _of_server(exchange)).serve, body)


@routes.direct("GET", PATH + "/servers/{name}", policy=MOUNTED)
async def listen_to_server(exchange: Exchange) -> None:
    """What there is to say of that server outside of any answer, as an event stream of a session."""
    await _hand_over(exchange, (await _of_server(exchange)).serve, endless=True)


@routes.direct("DELETE", PATH + "/servers/{name}", policy=MOUNTED)
async def end_session_with_server(exchange: Exchange) -> None:
    """End a session with that server."""
    await _hand_over(exchange, (await _of_server(exchange)).serve)


async def _of_server(exchange: Exchange) -> "Endpoint":
    return await exchange.part(McpDesk).endpoint(exchange.path["name"])


async def _hand_over(exchange: Exchange, app: ASGIApp, body: bytes | None = None, *, endless: bool = False) -> None:
    try:
        with exchange.admitted(endless=endless):
            await exchange.hand_over(app, body)
    except TriforceError:
        if not exchange.started:
            raise
        # A stream of MCP has no form for it: its client finds it ended, and learns why when it asks again.
        await exchange.end_stream()


class ProtectedResource(TypedDict):
    """RFC 9728. There is no authorization server: a token is made by `triforce auth token create`."""

    resource: str
    bearer_methods_supported: list[str]
    scopes_supported: list[str]
    resource_name: str


@routes.get("/.well-known/oauth-protected-resource", policy=PUBLIC)
@routes.get("/.well-known/oauth-protected-resource/v1/mcp", policy=PUBLIC)
async def protected_resource(request: Request) -> ProtectedResource:
    """What a program that finds MCP here has to bring."""
    return ProtectedResource(
        resource=f"{request.url.scheme}://{request.url.netloc}{PATH}",
        bearer_methods_supported=["header"],
        scopes_supported=[*TOOL_SCOPES],
        resource_name="triforce",
    )
