"""Every route has a policy, and refuses those who have no right to it."""

import pytest
from starlette.routing import Route

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import Forbidden, Unauthenticated
from triforce_daemon.routes.app import all_routes, build
from triforce_daemon.routes.parts import Parts
from triforce_daemon.routes.policy import CALLER, OWNER, PUBLIC, Policy
from triforce_daemon.routes.table import DirectRoute, PolicedRoute, Routes
from triforce_daemon.runtime.clock import Clock

#: Who may call what: the whole table, by hand, so that a new route or a changed right is seen.
MATRIX = {
    "POST /v1/chat/completions": "caller",
    "POST /v1/responses": "caller",
    "POST /v1/messages": "caller",
    "POST /v1beta/models/{model:path}:generateContent": "caller",
    "POST /v1/models/{model:path}:generateContent": "caller",
    "POST /v1beta/models/{model:path}:streamGenerateContent": "caller",
    "POST /v1/models/{model:path}:streamGenerateContent": "caller",
    "GET /v1beta/models": "caller",
    "POST /api/chat": "caller",
    "POST /api/generate": "caller",
    "GET /api/tags": "caller",
    "GET /api/ps": "caller",
    "POST /api/show": "caller",
    "GET /api/version": "public",
    "GET /v1/models": "caller",
    "GET /v1/models/{name:path}": "caller",
    "GET /v1/registry/models": "caller",
    "GET /v1/registry/models/{name:path}": "caller",
    "GET /v1/registry/default": "caller",
    "PUT /v1/registry/default": "owner",
    "POST /v1/registry/pull": "owner",
    "GET /v1/sessions": "caller",
    "GET /v1/sessions/search": "caller",
    "POST /v1/sessions/import": "caller",
    "POST /v1/sessions/prune": "caller",
    "GET /v1/sessions/{session}": "caller",
    "PATCH /v1/sessions/{session}": "caller",
    "DELETE /v1/sessions/{session}": "caller",
    "POST /v1/sessions/{session}/fork": "caller",
    "POST /v1/sessions/{session}/turns": "caller",
    "GET /v1/usage": "caller",
    "GET /v1/health": "public",
    "GET /v1/status": "caller",
    "GET /v1/doctor": "owner",
    "POST /v1/daemon/stop": "owner",
    "GET /v1/config": "owner",
    "GET /v1/config/check": "owner",
    "PUT /v1/config/{key}": "owner",
    "DELETE /v1/config/{key}": "owner",
}

STRANGER = None


async def ask(method: str, path: str, peer: tuple[int, int, int] | None, parts: Parts) -> int:
    """The status that a request gets from the real app."""
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [], "http_version": "1.1", "scheme": "http", "root_path": "", "state": {"peer": peer},
    }  # fmt: skip
    await build(parts, Clock())(scope, receive, send)
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


@pytest.mark.parametrize("line", [line for line, policy in MATRIX.items() if policy != "public"])
async def test_a_stranger_is_refused(served, line: str) -> None:
    method, path = line.split()
    for peer in (STRANGER, (1, 65_534, 65_534)):
        assert await ask(method, path.replace("{", "").replace("}", ""), peer, served.parts) == 401


async def test_health_is_for_everybody(served) -> None:
    assert await ask("GET", "/v1/health", STRANGER, served.parts) == 200


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/", "//v1/status", "/v1/status/", "/V1/STATUS"])
async def test_nothing_else_is_there(served, path: str) -> None:
    assert await ask("GET", path, STRANGER, served.parts) in (307, 401, 404)


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
    someone = Caller(kind="guest", name="eve", uid=9, pid=9)  # type: ignore[arg-type]
    PUBLIC.check(None)
    CALLER.check(someone)
    with pytest.raises(Unauthenticated):
        CALLER.check(None)
    with pytest.raises(Forbidden):
        OWNER.check(someone)
