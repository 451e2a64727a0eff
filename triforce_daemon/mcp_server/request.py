"""One request of MCP as the daemon sees it: who sent it, and which of the tools it is about."""

from typing import Any, cast

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.context import ServerRequestContext
from starlette.requests import Request
from starlette.types import Scope

from triforce_daemon.access.caller import Caller
from triforce_daemon.toolbox.approvals import asker_of
from triforce_daemon.toolbox.toolsets import ALL

Context = ServerRequestContext[Any, Request]


def owned(scope: Scope) -> Scope:
    """The request with its caller as the SDK knows one: a session can only be used by who opened it."""
    caller: Caller = scope["state"]["caller"]
    # Never compared with a real token: it is a name, which the door has verified.
    token = AccessToken(token="-", client_id=asker_of(caller), scopes=[], subject=caller.account)
    return {**scope, "user": AuthenticatedUser(token)}


def caller_of(context: Context) -> Caller:
    return _state(context)["caller"]


def request_id_of(context: Context) -> str:
    return _state(context)["request_id"]


def toolset_of(context: Context) -> str:
    """The toolset that the address names, as in `/v1/mcp?toolset=code,memory`."""
    assert context.request is not None
    return context.request.query_params.get("toolset", ALL)


def _state(context: Context) -> dict[str, Any]:
    assert context.request is not None
    return cast("dict[str, Any]", context.request.scope["state"])
