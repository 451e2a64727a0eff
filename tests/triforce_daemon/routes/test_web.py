"""What browsers are told, and which pages are let in."""

import pytest

from tests.triforce_daemon.pairs import serve_https
from tests.triforce_daemon.served_daemon import ServedDaemon, serve

PAGE = "https://app.example"
ASKED = {"origin": PAGE, "access-control-request-method": "POST", "access-control-request-headers": "authorization"}


async def heads(served: ServedDaemon, method: str, path: str, **headers: str) -> tuple[int, dict[str, str]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with served.http_client() as client, client.request(method, path, headers=named) as reply:
        return reply.status, {name.lower(): value for name, value in reply.headers.items()}


async def test_answers_are_data_for_their_caller_alone(served: ServedDaemon) -> None:
    for path in ("/v1/health", "/v1/models", "/nothing"):
        _, told = await heads(served, "GET", path)
        assert told["x-content-type-options"] == "nosniff"
        assert told["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in told["content-security-policy"]
        assert "strict-transport-security" not in told
        assert not [name for name in told if name.startswith("access-control")]


async def test_nothing_is_said_twice(served: ServedDaemon) -> None:
    token = await served.token("inference")
    body = {"messages": [{"role": "user", "content": "x"}], "stream": True}
    async with served.http_client(token) as client, client.post("/v1/chat/completions", json=body) as reply:
        assert reply.status == 200
        assert reply.headers.getall("cache-control") == ["no-store"]


async def test_on_the_socket_no_browser_listens(served: ServedDaemon) -> None:
    async with served.client.get("http://triforced/v1/health") as reply:
        assert "content-security-policy" not in reply.headers


async def test_a_page_that_is_allowed_may_ask_and_read(folder: str) -> None:
    async with serve(folder, http__origins=PAGE) as served:
        status, told = await heads(served, "OPTIONS", "/v1/chat/completions", **ASKED)
        assert status == 204
        assert told["access-control-allow-origin"] == PAGE
        assert "POST" in told["access-control-allow-methods"]
        assert "authorization" in told["access-control-allow-headers"]
        assert "access-control-allow-credentials" not in told
        assert told["vary"] == "Origin"
        status, told = await heads(served, "GET", "/v1/models", origin=PAGE)
        assert (status, told["access-control-allow-origin"]) == (401, PAGE)
        _, told = await heads(served, "GET", "/v1/health")
        assert "access-control-allow-origin" not in told


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://app.example.evil.example"])
async def test_other_pages_may_not(folder: str, origin: str) -> None:
    async with serve(folder, http__origins=PAGE) as served:
        for method in ("OPTIONS", "GET"):
            status, told = await heads(served, method, "/v1/health", **{**ASKED, "origin": origin})
            assert status == 403
            assert "access-control-allow-origin" not in told


async def test_a_page_of_this_machine_may_send_and_not_read(folder: str) -> None:
    async with serve(folder, http__origins=PAGE) as served:
        status, told = await heads(served, "OPTIONS", "/v1/health", **{**ASKED, "origin": "http://localhost:3000"})
        assert status == 405
        assert "access-control-allow-origin" not in told


async def test_over_https_pages_are_refused_until_they_are_allowed(folder: str) -> None:
    async with serve_https(folder, https__origins=PAGE) as (served, port, context), served.http_client() as client:
        found: dict[str, int] = {}
        for origin in (PAGE, "http://localhost:3000", "https://evil.example"):
            url = f"https://127.0.0.1:{port}/v1/health"
            async with client.get(url, ssl=context, headers={"origin": origin}) as reply:
                found[origin] = reply.status
        assert found == {PAGE: 200, "http://localhost:3000": 403, "https://evil.example": 403}
