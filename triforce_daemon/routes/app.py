"""Puts the route table, the door and the error shapes together into one ASGI app."""

import logging
from collections.abc import Sequence
from typing import cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from triforce_daemon.errors import (
    InvalidJson,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    TriforceError,
)
from triforce_daemon.routes import (
    anthropic,
    approvals,
    audit,
    backups,
    client,
    config,
    daemon,
    gemini,
    jobs,
    keys,
    logs,
    mcp,
    mcp_servers,
    memory,
    model_listings,
    models,
    ollama,
    openai,
    openapi,
    prompts,
    providers,
    sessions,
    tiers,
    tokens,
    tools,
    undo,
    usage,
    users,
)
from triforce_daemon.routes.exchange import too_large
from triforce_daemon.routes.identify import Door
from triforce_daemon.routes.parts import Parts
from triforce_daemon.routes.refusal import first_problem, headers_of, mistake
from triforce_daemon.routes.shapes import errors_for
from triforce_daemon.routes.shortcut import ShortCut
from triforce_daemon.routes.table import DirectRoute, PolicedRoute
from triforce_daemon.runtime.clock import Clock

log = logging.getLogger(__name__)

TABLES = (
    openai.routes,
    anthropic.routes,
    gemini.routes,
    ollama.routes,
    model_listings.routes,
    models.routes,
    sessions.routes,
    memory.routes,
    usage.routes,
    audit.routes,
    undo.routes,
    logs.routes,
    backups.routes,
    jobs.routes,
    prompts.routes,
    tokens.routes,
    client.routes,
    users.routes,
    tiers.routes,
    keys.routes,
    providers.routes,
    tools.routes,
    approvals.routes,
    mcp.routes,
    mcp_servers.routes,
    daemon.routes,
    config.routes,
    openapi.routes,
)


def build(parts: Parts, clock: Clock) -> ASGIApp:
    """The app with all routes. Raises LookupError where a route needs a part that was not handed over."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.router.routes[:] = all_routes()
    # A path is what it is: nobody is sent to another one, least of all before it is known who asks.
    app.router.redirect_slashes = False
    _check(app.router.routes, parts)
    app.add_exception_handler(TriforceError, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_shape)
    app.add_exception_handler(HTTPException, _refuse_http)
    app.add_exception_handler(Exception, _confess)
    return Door(ShortCut(app, all_routes()), parts, clock)


def all_routes() -> list[BaseRoute]:
    return [route for table in TABLES for route in table.all]


def _check(routes: Sequence[BaseRoute], parts: Parts) -> None:
    for route in routes:
        if not isinstance(route, PolicedRoute | DirectRoute):
            raise LookupError(f"{route} has no policy")
        if isinstance(route, PolicedRoute):
            _check_needs(route, parts)


def _check_needs(route: PolicedRoute, parts: Parts) -> None:
    for kind in route.needed():
        if kind not in parts:
            raise LookupError(f"{route.path} needs a {kind.__name__}, which assemble does not build")


async def _refuse(request: Request, error: Exception) -> Response:
    refused = cast(TriforceError, error)
    request.scope["state"]["refused"] = refused
    write = errors_for(request.url.path, request.headers)
    content = write(refused, request.state.request_id)
    headers = {name.decode(): value.decode() for name, value in headers_of(refused)}
    return Response(content, status_code=refused.status, media_type="application/json", headers=headers)


async def _refuse_shape(request: Request, error: Exception) -> Response:
    problems = cast(RequestValidationError, error).errors()
    if problems[0]["type"] == "json_invalid":
        return await _refuse(request, InvalidJson("The request is not JSON.", "Send one JSON object."))
    return await _refuse(request, InvalidRequest(*first_problem(problems)))


async def _refuse_http(request: Request, error: Exception) -> Response:
    """What the framework itself turns away, in our shape."""
    if isinstance(error.__cause__, TriforceError):
        # The framework lets nothing else through while it reads a body.
        return await _refuse(request, error.__cause__)
    refused = cast(HTTPException, error)
    # Not `request.url`, which is made of what the client wrote as its host.
    method, path = request.method, request.scope["path"]
    known: dict[int, TriforceError] = {
        404: NotFound(f"There is no route {method} {path}.", "docs/api lists them."),
        405: MethodNotAllowed(f"{path} does not take {method}.", "docs/api lists what it takes."),
        413: too_large(request.state.parts.max_body_bytes),
    }
    response = await _refuse(request, known.get(refused.status_code, InvalidRequest(str(refused.detail))))
    response.headers.update(refused.headers or {})
    return response


async def _confess(request: Request, error: Exception) -> Response:
    # Starlette raises it again behind this answer, for the server to log with its traceback.
    return await _refuse(request, mistake())
