"""The short way leads to the same routes as the long one."""

import pytest
from starlette.routing import Match

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.routes.app import all_routes
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.policy import INFERENCE
from triforce_daemon.routes.shortcut import ShortCut
from triforce_daemon.routes.table import DirectRoute, Routes


def test_the_framework_would_have_found_the_same_route() -> None:
    routes = all_routes()
    exact = [route for route in routes if isinstance(route, DirectRoute) and "{" not in route.path]
    assert len(exact) >= 5
    for route in exact:
        scope = {"type": "http", "method": route.method, "path": route.path, "headers": []}
        assert next(other for other in routes if other.matches(scope)[0] is Match.FULL) is route, route.path


@pytest.mark.parametrize(
    ("method", "path", "way"),
    [
        ("POST", "/a", "short"),
        ("GET", "/a", "long"),
        ("POST", "/a/", "long"),
        ("POST", "/A", "long"),
        ("POST", "/b/x", "long"),
        ("POST", "/b/{name}", "long"),
    ],
)
async def test_only_the_exact_method_and_path_take_it(method: str, path: str, way: str) -> None:
    taken: list[str] = []
    routes = Routes()

    async def app(*_: object) -> None:
        taken.append("long")

    async def handler(_: Exchange) -> None:
        taken.append("short")

    for one in ("/a", "/b/{name}"):
        routes.direct("POST", one, policy=INFERENCE)(handler)
    state = {"caller": None, "parts": None, "request_id": "r"}
    for route in routes.all:
        assert isinstance(route, DirectRoute)
        route.policy = type("Anybody", (), {"check": staticmethod(lambda _: None)})()  # type: ignore[assignment]
    scope = {"type": "http", "method": method, "path": path, "headers": [], "state": state}
    await ShortCut(app, routes.all)(scope, None, None)  # type: ignore[arg-type]
    assert taken == [way]


async def test_a_mistake_of_ours_is_told_in_the_words_of_the_route(served: ServedDaemon, monkeypatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(served.provider, "reach", broken)
    body = {"model": "scripted/small", "messages": [{"role": "user", "content": "x"}]}
    status, told = await served.post("/v1/chat/completions", body)
    assert (status, told["error"]["code"]) == (500, "internal_error")
    assert told["error"]["type"] == "server_error"
    assert "secret" not in str(told)
