"""Every route has a policy, and refuses those who have no right to it."""

import os
from typing import Any, get_args

import pytest
from starlette.routing import Route
from starlette.types import ASGIApp, Message
from starlette.types import Scope as AsgiScope

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.errors import Forbidden, Unauthenticated
from triforce_daemon.routes.app import all_routes, build
from triforce_daemon.routes.parts import Parts
from triforce_daemon.routes.policy import INFERENCE, OWNER, PUBLIC, Policy
from triforce_daemon.routes.table import DirectRoute, PolicedRoute, Routes
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.wire.tokens import Scope

#: Who may call what: the whole table, by hand, so that a new route or a changed right is seen.
MATRIX = {
    "POST /v1/chat/completions": "inference",
    "POST /v1/completions": "inference",
    "POST /v1/embeddings": "inference",
    "POST /v1/responses": "inference",
    "GET /v1/responses/{id}": "inference",
    "DELETE /v1/responses/{id}": "inference",
    "POST /v1/messages": "inference",
    "POST /v1/messages/count_tokens": "inference",
    "POST /v1beta/models/{model:path}:generateContent": "inference",
    "POST /v1/models/{model:path}:generateContent": "inference",
    "POST /v1beta/models/{model:path}:streamGenerateContent": "inference",
    "POST /v1/models/{model:path}:streamGenerateContent": "inference",
    "POST /v1beta/models/{model:path}:countTokens": "inference",
    "POST /v1/models/{model:path}:countTokens": "inference",
    "POST /v1beta/models/{model:path}:embedContent": "inference",
    "POST /v1/models/{model:path}:embedContent": "inference",
    "POST /v1beta/models/{model:path}:batchEmbedContents": "inference",
    "POST /v1/models/{model:path}:batchEmbedContents": "inference",
    "GET /v1beta/models": "inference",
    "GET /v1beta/models/{name:path}": "inference",
    "POST /api/chat": "inference",
    "POST /api/generate": "inference",
    "POST /api/embed": "inference",
    "POST /api/embeddings": "inference",
    "GET /api/tags": "inference",
    "GET /api/ps": "inference",
    "POST /api/show": "inference",
    "GET /api/version": "inference",
    "GET /v1/models": "inference",
    "GET /v1/models/{name:path}": "inference",
    "GET /v1/registry/models": "read",
    "GET /v1/registry/models/{name:path}": "read",
    "DELETE /v1/registry/models/{name:path}": "owner",
    "GET /v1/registry/why": "read",
    "POST /v1/registry/refresh": "owner",
    "GET /v1/registry/aliases": "read",
    "PUT /v1/registry/aliases/{name}": "owner",
    "DELETE /v1/registry/aliases/{name}": "owner",
    "GET /v1/registry/default": "read",
    "PUT /v1/registry/default": "owner",
    "POST /v1/registry/pull": "owner",
    "GET /v1/sessions": "sessions",
    "GET /v1/sessions/search": "sessions",
    "POST /v1/sessions/import": "sessions",
    "POST /v1/sessions/prune": "sessions",
    "GET /v1/sessions/{session}": "sessions",
    "PATCH /v1/sessions/{session}": "sessions",
    "DELETE /v1/sessions/{session}": "sessions",
    "POST /v1/sessions/{session}/fork": "sessions",
    "POST /v1/sessions/{session}/turns": "sessions",
    "GET /v1/usage": "read",
    "GET /v1/providers": "read",
    "GET /v1/providers/limits": "owner",
    "POST /v1/providers/test": "owner",
    "GET /v1/providers/{name:path}": "read",
    "PATCH /v1/providers/{name:path}": "owner",
    "GET /v1/health": "public",
    "GET /v1/status": "read",
    "GET /v1/doctor": "owner",
    "POST /v1/daemon/stop": "owner",
    "GET /v1/config": "owner",
    "GET /v1/config/check": "owner",
    "GET /v1/config/schema": "owner",
    "GET /v1/config/{key}": "owner",
    "PUT /v1/config/{key}": "owner",
    "DELETE /v1/config/{key}": "owner",
    "GET /v1/keys": "owner",
    "GET /v1/keys/where": "owner",
    "POST /v1/keys/test": "owner",
    "PUT /v1/keys/{provider:path}": "owner",
    "DELETE /v1/keys/{provider:path}": "owner",
    "GET /v1/tokens": "owner",
    "POST /v1/tokens": "owner",
    "DELETE /v1/tokens/{token}": "owner",
}

#: Who passes each policy; all others are refused.
PASSES = {
    "public": {"nobody over http", "another user", "inference", "read", "sessions", "owner"},
    "inference": {"inference", "owner"},
    "read": {"read", "owner"},
    "sessions": {"sessions", "owner"},
    "owner": {"owner"},
}
#: Who comes without anything that names him.
UNKNOWN = ("nobody over http", "another user")


def own(kind: str) -> dict[str, Any]:
    """What a listener notes of a connection of the daemon's own user, or of another."""
    uid = os.getuid() if kind == "owner" else 65_534
    return {"listener": "socket", "peer": (1, uid, uid)}


async def asked(served: ServedDaemon, requests: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The statuses that requests get from the real app."""
    app = build(served.parts, Clock())
    tokens = {scope: await served.token(scope) for scope in get_args(Scope)}
    return {(line, who): await ask(served, app, line, who, tokens) for line, who in requests}


async def ask(served: ServedDaemon, app: ASGIApp, line: str, who: str, tokens: dict[str, str]) -> int:
    method, path = line.replace("{", "").replace("}", "").split()
    headers = [(b"host", f"127.0.0.1:{served.http.port}".encode())]
    state: dict[str, Any] = {"listener": "http"}
    if who in ("owner", "another user"):
        state = own(who)
    elif who != "nobody over http":
        headers.append((b"authorization", f"Bearer {tokens[who]}".encode()))
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": headers, "http_version": "1.1", "scheme": "http", "root_path": "", "state": state,
    }  # fmt: skip
    return await status_of(app, scope)


async def status_of(app: ASGIApp, scope: AsgiScope) -> int:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"]


def listed() -> dict[str, Policy]:
    table: dict[str, Policy] = {}
    for route in all_routes():
        assert isinstance(route, PolicedRoute | DirectRoute)
        for method in route.methods or ():
            table[f"{method} {route.path}"] = route.policy
    return table


def test_the_table_is_the_one_that_was_agreed() -> None:
    assert {route: policy.name for route, policy in listed().items()} == MATRIX


async def test_who_has_no_right_is_refused(served: ServedDaemon) -> None:
    refused = [(line, who) for line in MATRIX for who in sorted(PASSES["public"] - PASSES[MATRIX[line]])]
    found = await asked(served, refused)
    assert found == {(line, who): 401 if who in UNKNOWN else 403 for line, who in refused}
    assert len(found) > 150


@pytest.mark.parametrize("scope", get_args(Scope))
def test_who_has_the_right_passes(scope: Scope) -> None:
    caller = Caller(kind="token", name="token/t", scopes=frozenset({scope}))
    for policy in listed().values():
        policy.check(Caller(kind="owner", name="anna"))
        if scope in PASSES[policy.name]:
            policy.check(caller)


async def test_health_is_for_everybody(served: ServedDaemon) -> None:
    everybody = [("GET /v1/health", who) for who in PASSES["public"]]
    assert set((await asked(served, everybody)).values()) == {200}


ELSEWHERE = ["/docs", "/redoc", "/openapi.json", "/", "//v1/status", "/v1/status/", "/V1/STATUS", "/v1/./status"]


async def test_nothing_else_is_there(served: ServedDaemon) -> None:
    found = await asked(served, [(f"GET {path}", who) for path in ELSEWHERE for who in UNKNOWN])
    assert {asked: status for asked, status in found.items() if status not in (307, 401, 404)} == {}


def test_a_route_cannot_be_declared_without_a_policy() -> None:
    with pytest.raises(TypeError, match="policy"):
        Routes().get("/v1/open")  # type: ignore[call-arg]


def test_a_route_that_slips_in_without_a_policy_stops_the_build(served, monkeypatch) -> None:
    from triforce_daemon.routes import app

    monkeypatch.setattr(app, "all_routes", lambda: [Route("/open", lambda request: None)])
    with pytest.raises(LookupError, match="policy"):
        build(served.parts, Clock())


def test_a_route_whose_part_is_missing_stops_the_build() -> None:
    with pytest.raises(LookupError, match="assemble does not build"):
        build(Parts(max_body_bytes=1), Clock())


def test_policies_say_no_in_their_own_way() -> None:
    someone = Caller(kind="token", name="token/eve")
    PUBLIC.check(Stranger())
    with pytest.raises(Unauthenticated):
        INFERENCE.check(Stranger())
    for policy in (INFERENCE, OWNER):
        with pytest.raises(Forbidden, match="token/eve") as raised:
            policy.check(someone)
        assert policy.name in str(raised.value.hint)
