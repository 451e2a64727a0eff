"""Every route in the words of OpenAPI 3.1, from the table itself."""

import inspect
import re
from collections.abc import Iterable
from typing import Any, cast

import orjson
from fastapi import Request, Response
from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from triforce_daemon.routes.policy import CALLER, Policy
from triforce_daemon.routes.table import DirectRoute, PolicedRoute, Routes
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.wire.constants import VERSION

routes = Routes()

_PARAMETER = re.compile(r"\{([a-z_]+)(?::path)?\}")
_ERROR = "#/components/schemas/Error"
#: What the handshake of a request can end in, whatever the route.
_REFUSED = {"401": "Nobody is known.", "403": "The caller may not do this."}

Document = dict[str, Any]


@routes.get("/v1/openapi.json", policy=CALLER)
async def openapi(request: Request) -> Response:
    """This description of all routes, as OpenAPI 3.1."""
    state = request.app.state
    if not hasattr(state, "openapi"):
        # It takes a third of a second, and is the same for everybody.
        state.openapi = await in_thread(lambda: orjson.dumps(document(request.app.routes)))
    return Response(state.openapi, media_type="application/json")


def document(table: Iterable[BaseRoute]) -> Document:
    """The description of the routes of `table`."""
    known = list(table)
    described = [route for route in known if isinstance(route, PolicedRoute)]
    framed = [route.framed for route in described]
    whole = get_openapi(title="triforce", version=VERSION, description=_WORDS, routes=framed)
    for route in described:
        for method in route.methods or ():
            _finish(whole["paths"][route.path_format][method.lower()], route.policy)
    for route in (route for route in known if isinstance(route, DirectRoute)):
        operation = _operation(route)
        _finish(operation, route.policy)
        whole["paths"].setdefault(_PARAMETER.sub(r"{\1}", route.path), {})[route.method.lower()] = operation
    whole["components"] |= {"securitySchemes": _SCHEMES}
    schemas = whole["components"]["schemas"]
    schemas["Error"] = _ERROR_SCHEMA
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    whole["paths"] = dict(sorted(whole["paths"].items()))
    return whole


def _operation(route: DirectRoute) -> Document:
    """A route that reads and writes by itself: of its bodies it is only said that they are JSON, or a stream."""
    words = inspect.getdoc(route.endpoint) or route.endpoint.__name__.replace("_", " ").capitalize() + "."
    content: Document = {
        kind: {"schema": {}} for kind in ("application/json", "text/event-stream", "application/x-ndjson")
    }
    operation: Document = {
        "summary": words.splitlines()[0],
        "description": words,
        "operationId": _id(route),
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in _PARAMETER.findall(route.path)
        ],
        "responses": {"200": {"description": "The answer, whole or as it comes.", "content": content}},
    }
    if route.method == "POST":
        body = {"application/json": {"schema": {"type": "object", "additionalProperties": True}}}
        operation["requestBody"] = {"required": True, "content": body}
    return operation


def _id(route: DirectRoute) -> str:
    return re.sub(r"\W+", "_", f"{route.endpoint.__name__}{route.path}_{route.method.lower()}")


def _finish(operation: Document, policy: Policy) -> None:
    """Who may call it, and how it refuses: as the whole daemon does, not as the framework would."""
    operation["x-triforce-policy"] = policy.name
    operation["security"] = [] if policy.admits is None else [{name: list[str]()} for name in _SCHEMES] + [{}]
    responses = cast(Document, operation["responses"])
    responses.pop("422", None)
    for status, words in _REFUSED.items() if policy.admits is not None else ():
        responses[status] = {"description": words, "content": _ERROR_CONTENT}
    responses["default"] = {"description": "Why not, and what to do about it.", "content": _ERROR_CONTENT}


_WORDS = """\
The daemon's HTTP, on its Unix socket, where nobody needs a token, and on its ports, where everybody does. Routes of
other APIs (OpenAI's, Anthropic's, Gemini's, Ollama's) answer, and refuse, in the words of those; what stands here of
their bodies is only that they are JSON."""

_SCHEMES: Document = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token (`tf_…`) or a log-in's access token."},
    "password": {"type": "http", "scheme": "basic", "description": "The name and the password of an account."},
}
_ERROR_CONTENT: Document = {"application/json": {"schema": {"$ref": _ERROR}}}
_ERROR_SCHEMA: Document = {
    "type": "object",
    "title": "Error",
    "description": "Routes of other APIs have a shape of their own.",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "hint": {"type": ["string", "null"]},
                "request_id": {"type": ["string", "null"]},
            },
        }
    },
}
