"""Every route has a policy, and refuses those who have no right to it."""

import os
from typing import Any, get_args

import pytest
from starlette.routing import Route
from starlette.types import ASGIApp, Message
from starlette.types import Scope as AsgiScope

from tests.triforce_daemon.pairs import serve_https
from tests.triforce_daemon.routes.claimed_peer import claimed
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
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
    "POST /v1/registry/refresh": "admin",
    "GET /v1/registry/aliases": "read",
    "PUT /v1/registry/aliases/{name:path}": "admin",
    "DELETE /v1/registry/aliases/{name:path}": "admin",
    "GET /v1/registry/default": "read",
    "PUT /v1/registry/default": "admin",
    "POST /v1/registry/pull": "admin",
    "GET /v1/sessions": "sessions",
    "GET /v1/sessions/search": "sessions",
    "POST /v1/sessions/import": "sessions",
    "POST /v1/sessions/prune": "sessions",
    "GET /v1/sessions/{session}": "sessions",
    "PATCH /v1/sessions/{session}": "sessions",
    "DELETE /v1/sessions/{session}": "sessions",
    "POST /v1/sessions/{session}/fork": "sessions",
    "POST /v1/sessions/{session}/turns": "inference",
    "POST /v1/memory": "memory",
    "POST /v1/memory/search": "memory",
    "GET /v1/memory/stats": "memory",
    "GET /v1/memory/export": "memory",
    "POST /v1/memory/import": "memory",
    "POST /v1/memory/forget": "memory",
    "POST /v1/memory/changes/{change}/undo": "memory",
    "GET /v1/memory/{entry}": "memory",
    "PATCH /v1/memory/{entry}": "memory",
    "GET /v1/memory/{entry}/history": "memory",
    "POST /v1/memory/{entry}/validations": "memory",
    "GET /v1/jobs": "tools",
    "GET /v1/jobs/{job}": "tools",
    "POST /v1/jobs/{job}/cancel": "tools",
    "GET /v1/prompts": "sessions",
    "GET /v1/prompts/{name}": "sessions",
    "PUT /v1/prompts/{name}": "sessions",
    "DELETE /v1/prompts/{name}": "sessions",
    "POST /v1/prompts/{name}/render": "sessions",
    "GET /v1/usage": "read",
    "GET /v1/usage/limits": "caller",
    "GET /v1/audit": "admin",
    "GET /v1/audit/verify": "admin",
    "GET /v1/logs": "admin",
    "GET /v1/backups": "admin",
    "GET /v1/backups/{backup}": "admin",
    "POST /v1/backups": "admin",
    "GET /v1/receipts/{request}": "read",
    "POST /v1/receipts/{request}/undo": "tools",
    "GET /v1/providers": "read",
    "GET /v1/providers/limits": "admin",
    "POST /v1/providers/test": "admin",
    "GET /v1/providers/{name:path}": "read",
    "PATCH /v1/providers/{name:path}": "admin",
    "GET /v1/tools": "caller",
    "GET /v1/tools/search": "caller",
    "GET /v1/tools/log": "caller",
    "GET /v1/toolsets": "caller",
    "GET /v1/tools/{name}": "caller",
    "POST /v1/tools/{name}/run": "tools",
    "GET /v1/approvals": "caller",
    "GET /v1/approvals/{approval}": "caller",
    "POST /v1/approvals/{approval}": "caller",
    "DELETE /v1/approvals/{approval}": "caller",
    "GET /v1/mcp-servers": "admin",
    "GET /v1/mcp-servers/{name}": "admin",
    "GET /v1/mcp-servers/{name}/log": "admin",
    "POST /v1/mcp-servers/{name}/test": "admin",
    "POST /v1/mcp-servers/{name}/accept": "admin",
    "POST /v1/mcp": "tools",
    "GET /v1/mcp": "tools",
    "DELETE /v1/mcp": "tools",
    "GET /v1/mcp/sse": "tools",
    "POST /v1/mcp/messages": "tools",
    "POST /v1/mcp/servers/{name}": "mounted",
    "GET /v1/mcp/servers/{name}": "mounted",
    "DELETE /v1/mcp/servers/{name}": "mounted",
    "GET /.well-known/oauth-protected-resource": "public",
    "GET /.well-known/oauth-protected-resource/v1/mcp": "public",
    "GET /v1/openapi.json": "caller",
    "GET /v1/health": "public",
    "GET /v1/status": "read",
    "GET /v1/doctor": "owner",
    "POST /v1/daemon/reload": "owner",
    "POST /v1/daemon/stop": "owner",
    "GET /v1/config": "owner",
    "GET /v1/config/check": "owner",
    "GET /v1/config/schema": "owner",
    "GET /v1/config/{key:path}": "owner",
    "PUT /v1/config/{key:path}": "owner",
    "DELETE /v1/config/{key:path}": "owner",
    "GET /v1/keys": "owner",
    "GET /v1/keys/where": "owner",
    "POST /v1/keys/test": "owner",
    "PUT /v1/keys/{provider:path}": "owner",
    "DELETE /v1/keys/{provider:path}": "owner",
    "GET /v1/tokens": "owner",
    "POST /v1/tokens": "owner",
    "DELETE /v1/tokens/{token}": "owner",
    "GET /v1/tiers": "public",
    "POST /v1/client/register": "public",
    "POST /v1/client/login": "public",
    "POST /v1/client/refresh": "public",
    "POST /v1/client/logout": "caller",
    "GET /v1/client/profile": "caller",
    "PATCH /v1/client/profile": "account",
    "GET /v1/client/tier": "caller",
    "GET /v1/client/models": "inference",
    "GET /v1/client/tokens": "account",
    "POST /v1/client/tokens": "account",
    "DELETE /v1/client/tokens/{token}": "account",
    "GET /v1/users": "admin",
    "POST /v1/users": "admin",
    "GET /v1/users/{user}": "admin",
    "PATCH /v1/users/{user}": "admin",
    "DELETE /v1/users/{user}": "admin",
    "GET /v1/users/{user}/export": "admin",
    "POST /v1/users/{user}/revoke": "admin",
    "POST /v1/users/{user}/tokens": "admin",
    "GET /v1/invitations": "admin",
    "POST /v1/invitations": "admin",
    "DELETE /v1/invitations/{invitation}": "admin",
}

#: Who has logged in, as whom.
USERS: dict[str, dict[str, str]] = {
    "user of tier guest": {"tier": "guest"},
    "user of tier free": {"tier": "free"},
    "user of tier pro": {"tier": "pro"},
    "user of tier unlimited": {"tier": "unlimited"},
    "admin": {"role": "admin"},
}
#: Who says that he is another daemon: before there is a mesh that is nobody, on every route.
PEER = "peer, as he says"
#: Who comes without anything that names him.
UNKNOWN = ("nobody over the network", "another user", PEER)
#: Tokens that are the owner's, one for each of these; `account` is a token of an account.
TOKENS: tuple[Scope, ...] = ("inference", "read", "sessions", "memory", "tools", "tools:mounted")
#: Another user of this machine who is mapped to an account, and his number there.
LOCAL, LOCAL_UID = "mapped user", 54_321
#: Those who have accounts, however they show it.
PEOPLE = {*USERS, LOCAL}
KNOWN = {*PEOPLE, *TOKENS, "account", "owner"}

#: Who passes each policy; all others are refused.
PASSES = {
    "public": {*UNKNOWN, *KNOWN},
    "caller": KNOWN,
    "inference": {*PEOPLE, "inference", "owner"},
    "read": {*PEOPLE, "read", "owner"},
    "sessions": {*PEOPLE, "sessions", "owner"},
    "tools": {*PEOPLE, "tools", "tools:mounted", "owner"},
    "mounted": {"admin", "tools:mounted", "owner"},
    "memory": {*PEOPLE, "memory", "owner"},
    "account": {*PEOPLE, "account"},
    "admin": {"admin", "owner"},
    "owner": {"owner"},
}
#: Which of them a guest passes, where guests are let in: nobody over http is one then.
FOR_GUESTS = {"public", "caller", "inference", "tools"}


#: Who comes by the Unix socket.
SOCKET = ("owner", "another user", LOCAL)
MAPPED = {f"local_users__{LOCAL_UID}__account": "local"}
#: These take their time, reach out, end what the others need, or never end themselves.
SPARED = {
    "GET /v1/mcp", "GET /v1/mcp/sse", "GET /v1/mcp/servers/{name}",
    "POST /v1/daemon/stop", "POST /v1/client/logout", "POST /v1/registry/refresh", "POST /v1/providers/test",
    "POST /v1/keys/test", "POST /v1/registry/pull", "GET /v1/doctor",
}  # fmt: skip


def own(kind: str) -> dict[str, Any]:
    """What a listener notes of a connection of the daemon's own user, or of another."""
    uid = {"owner": os.getuid(), LOCAL: LOCAL_UID}.get(kind, 65_534)
    return {"listener": "socket", "peer": (1, uid, uid)}


async def credentials(served: ServedDaemon) -> dict[str, str]:
    """What everybody shows who shows something."""
    shown = {scope: await served.token(scope) for scope in TOKENS}
    for at, (who, more) in enumerate(USERS.items()):
        shown[who] = (await served.user(f"user-{at}", **more))["access_token"]
    await served.user("local", tier="free")
    made = {"name": "t", "scopes": ["account"]}
    shown["account"] = (await served.over_http("POST", "/v1/client/tokens", shown["admin"], json=made))[1]["token"]
    return shown


async def asked(
    served: ServedDaemon, requests: list[tuple[str, str]], listener: str = "http"
) -> dict[tuple[str, str], int]:
    """The statuses that requests get from the real app; those that are not the socket's come by `listener`."""
    app, shown = build(served.parts, Clock()), await credentials(served)
    return {(line, who): await ask(served, app, line, who, shown, listener) for line, who in requests}


async def ask(
    served: ServedDaemon,
    app: ASGIApp,
    line: str,
    who: str,
    shown: dict[str, str],
    listener: str = "http",
    *,
    peer: bool = False,
) -> int:
    """`peer`: beside what he shows he says that he is one."""
    method, path = line.replace("{", "").replace("}", "").split()
    headers = [(b"host", f"127.0.0.1:{served.http.port}".encode())]
    state: dict[str, Any] = {"listener": listener}
    if peer or who == PEER:
        headers += claimed(method, path, headers[0][1].decode())
    if who in SOCKET:
        state = own(who)
    elif who not in UNKNOWN:
        headers.append((b"authorization", f"Bearer {shown[who]}".encode()))
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


@pytest.mark.parametrize("listener", ["http", "https"])
async def test_who_has_no_right_is_refused(folder: str, listener: str) -> None:
    refused = [(line, who) for line in MATRIX for who in sorted(PASSES["public"] - PASSES[MATRIX[line]])]
    async with serve_https(folder, **MAPPED) as (served, _, _context):
        found = await asked(served, refused, listener)
    assert found == {(line, who): 401 if who in UNKNOWN else 403 for line, who in refused}
    assert len(found) > 500


@pytest.mark.parametrize("listener", ["http", "https"])
async def test_who_has_the_right_gets_past_the_door(folder: str, listener: str) -> None:
    passing = [(line, who) for line in MATRIX if line not in SPARED for who in sorted(PASSES[MATRIX[line]])]
    async with serve_https(folder, users__registration="open", **MAPPED) as (served, _, _context):
        found = await asked(served, passing, listener)
    assert {one: status for one, status in found.items() if status in (401, 403, 405, 500)} == {}
    assert len(found) > 500


async def test_a_guest_is_refused_all_but_models(folder: str) -> None:
    async with serve(folder, users__guests="true") as served:
        app = build(served.parts, Clock())
        refused = [line for line in MATRIX if MATRIX[line] not in FOR_GUESTS]
        found = {line: await ask(served, app, line, "nobody over the network", {}) for line in refused}
        assert found == dict.fromkeys(refused, 403)
        # Who says that he is a peer is a guest like all others.
        assert {line: await ask(served, app, line, PEER, {}) for line in refused} == dict.fromkeys(refused, 403)
        for line in ("GET /v1/models", "GET /v1/client/profile", "GET /v1/client/tier"):
            for who in ("nobody over the network", PEER):
                assert await ask(served, app, line, who, {}) == 200


def caller(who: str) -> Caller:
    if who == "owner":
        return Caller(kind="owner", name="anna")
    if who in PEOPLE:
        # What is somebody else's is for admins, and for whom it has been granted to.
        held = frozenset(get_args(Scope)) - (set() if who == "admin" else {"tools:mounted"})
        return Caller(kind="user", name="user/u", user="u", scopes=held, admin=who == "admin")
    scopes = frozenset(scope for scope in get_args(Scope) if scope == who)
    return Caller(kind="token", name="t", user="u" if who == "account" else None, scopes=scopes)


@pytest.mark.parametrize("who", sorted(KNOWN))
def test_who_has_the_right_passes(who: str) -> None:
    for policy in listed().values():
        if who in PASSES[policy.name]:
            policy.check(caller(who))
        else:
            with pytest.raises(Forbidden):
                policy.check(caller(who))


@pytest.mark.parametrize("listener", ["http", "https"])
async def test_health_is_for_everybody(folder: str, listener: str) -> None:
    everybody = [("GET /v1/health", who) for who in PASSES["public"]]
    async with serve_https(folder, **MAPPED) as (served, _, _context):
        assert set((await asked(served, everybody, listener)).values()) == {200}


ELSEWHERE = ["/docs", "/redoc", "/openapi.json", "/", "//v1/status", "/v1/status/", "/V1/STATUS", "/v1/./status"]


async def test_nothing_else_is_there(served: ServedDaemon) -> None:
    found = await asked(served, [(f"GET {path}", who) for path in ELSEWHERE for who in UNKNOWN])
    assert {asked: status for asked, status in found.items() if status not in (401, 404)} == {}


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
