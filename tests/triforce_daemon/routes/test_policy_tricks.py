"""Ways to write a path or a host that one reader might take for another: on every route, without any credentials."""

import asyncio
import http.client
import re

import pytest

from tests.triforce_daemon.routes.test_policy import MATRIX
from tests.triforce_daemon.routes.walking import every_route
from tests.triforce_daemon.served_daemon import ServedDaemon

#: The path of the route in another spelling, and with the way to a public one before or behind it.
TRICKS = (
    "/{path}", "{path}/", "{path};x=1", "{path}%2e", "{path}%20", "{path}%00", "{path}%3f", "{path}/.", "{path}%2f",
    "/v1/health/..{path}", "/v1/health/%2e%2e{path}", "/v1/health%2f..{path}", "{path}/../../v1/health", "{upper}",
    "\\{path}", "/v1/health;{path}", "http://127.0.0.1:{port}{path}", "http://evil.example{path}", "{first}",
    "{path}?x=/v1/health",
)  # fmt: skip
#: What nobody has to show anything for.
ALLOWLIST = {line for line, policy in MATRIX.items() if policy == "public"}


def written(trick: str, path: str, port: int) -> str:
    first = f"/%{ord(path[1]):02x}{path[2:]}"
    return trick.format(path=path, upper=path.upper(), first=first, port=port)


def statuses(port: int, lines: list[tuple[str, str]], host: str) -> list[int]:
    """What each is answered with, one after the other, on another connection where the last one was closed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    found: list[int] = []
    for method, target in lines:
        connection.putrequest(method, target, skip_host=True)
        connection.putheader("host", host)
        connection.putheader("content-length", "0")
        connection.endheaders()
        reply = connection.getresponse()
        reply.read()
        found.append(reply.status)
    connection.close()
    return found


@pytest.mark.timeout(120)
async def test_none_leads_past_the_door(served: ServedDaemon) -> None:
    port = served.http.port
    routes = [(f"{method} {path}", method, re.sub(r"\{[^}]*\}", "x", path)) for method, path in every_route()]
    asked = [(line, method, written(trick, path, port)) for line, method, path in routes for trick in TRICKS]
    lines = [(method, target) for _, method, target in asked]
    found = await asyncio.to_thread(statuses, port, lines, f"127.0.0.1:{port}")
    passed = {
        (line, target): status
        for (line, _, target), status in zip(asked, found, strict=True)
        # Of a public one, another spelling that is the same path is the same route.
        if status not in (400, 401, 404) and line not in ALLOWLIST
    }
    assert passed == {}
    assert {401, 404, 400} <= set(found)
    assert len(found) > 2_000


@pytest.mark.timeout(60)
async def test_each_answers_without_credentials_that_it_needs_some(served: ServedDaemon) -> None:
    port = served.http.port
    routes = [(method, re.sub(r"\{[^}]*\}", "x", path)) for method, path in every_route()]
    found = await asyncio.to_thread(statuses, port, routes, f"127.0.0.1:{port}")
    lines = [f"{method} {path}" for method, path in every_route()]
    refused = {line for line, status in zip(lines, found, strict=True) if status == 401}
    assert refused == MATRIX.keys() - ALLOWLIST


#: Another name is refused, and what is none is no request.
HOSTS = {
    "evil.example": 403, "127.0.0.1.evil.example": 403, "localhost.": 403, "127.0.0.1:1": 403, "2130706433": 403,
    "a/?x": 400, "127.0.0.1/?x": 400, "127.0.0.1@evil.example": 400, "127.0.0.1#": 400, "[::1]evil": 400,
}  # fmt: skip


@pytest.mark.parametrize(("host", "status"), HOSTS.items())
async def test_no_route_answers_to_another_name(served: ServedDaemon, host: str, status: int) -> None:
    routes = [(method, re.sub(r"\{[^}]*\}", "x", path)) for method, path in every_route()]
    found = await asyncio.to_thread(statuses, served.http.port, routes, host)
    assert set(found) == {status}
