"""The door: ids for requests, callers by the kernel's word alone."""

import asyncio

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon, serve


async def test_headers_name_nobody(served: ServedDaemon) -> None:
    claims = {
        "x-user-id": "admin",
        "authorization": "Bearer x",
        "x-forwarded-for": "127.0.0.1",
        "x-triforce-caller": "r",
    }
    _, usage = await served.call("GET", "/v1/usage", params={"by": "client"}, headers=claims)
    assert usage["items"] == []
    await served.call(
        "POST", "/v1/chat/completions", json={"messages": [{"role": "user", "content": "x"}]}, headers=claims
    )
    _, usage = await served.get("/v1/usage", by="client")
    assert [item["key"] for item in usage["items"]] != ["admin"]


async def test_each_request_has_its_own_id(served: ServedDaemon) -> None:
    ids = set()
    for _ in range(3):
        async with served.client.get("http://triforced/v1/nothing") as reply:
            ids.add(reply.headers["x-triforce-request-id"])
            assert (await reply.json())["error"]["request_id"] == reply.headers["x-triforce-request-id"]
    assert len(ids) == 3


CHAT = {"messages": [{"role": "user", "content": "x"}]}


async def test_a_token_is_found_where_clients_put_their_key(served: ServedDaemon) -> None:
    token = await served.token("inference")
    keys = {"authorization": f"Bearer {token}", "x-api-key": token, "x-goog-api-key": token, "api-key": token}
    for header, value in keys.items():
        status, _ = await served.over_http("POST", "/v1/chat/completions", json=CHAT, headers={header: value})
        assert status == 200, header
    _, usage = await served.get("/v1/usage", by="client")
    assert [item["key"] for item in usage["items"]] == ["token/test"]


async def test_over_http_nobody_is_the_owner_whatever_his_headers_say(served: ServedDaemon) -> None:
    claims = {
        "x-user-id": "root", "x-forwarded-for": "127.0.0.1", "x-forwarded-port": "9000", "x-real-ip": "::1",
        "x-forwarded-proto": "https",
        "forwarded": "for=127.0.0.1", "x-forwarded-user": "root", "cf-connecting-ip": "127.0.0.1",
        "x-triforce-caller": "owner", "remote-user": "root", "authorization": "Basic cm9vdDpyb290",
    }  # fmt: skip
    status, body = await served.over_http("GET", "/v1/status", headers=claims)
    assert (status, body["error"]["code"]) == (401, "unauthenticated")
    token = await served.token("inference", "read", "sessions")
    for method, path in (("GET", "/v1/tokens"), ("GET", "/v1/config"), ("POST", "/v1/daemon/stop")):
        status, _ = await served.over_http(method, path, token, headers={**claims, "authorization": f"Bearer {token}"})
        assert status == 403


async def test_what_is_no_token_is_refused_with_a_challenge(served: ServedDaemon) -> None:
    token = await served.token("inference")
    for wrong in ("", "sk-123456789012", token[:-1], token + "0", token.upper(), "tf_", "tf_" + "0" * 48):
        async with served.http_client(wrong) as client, client.get("/v1/models") as reply:
            assert (reply.status, (await reply.json())["error"]["code"]) == (401, "unauthenticated"), wrong
            assert reply.headers["www-authenticate"] == "Bearer"
    async with served.http_client(token) as client, client.get("/v1/models") as reply:
        assert "www-authenticate" not in reply.headers


async def test_a_token_in_the_address_is_refused_and_the_header_named(served: ServedDaemon) -> None:
    token = await served.token("inference")
    status, body = await served.over_http("GET", f"/v1beta/models?alt=json&key={token}")
    assert status == 401
    assert "x-goog-api-key" in str(body)
    assert token not in str(body)


HOSTS: dict[str, int] = {
    "127.0.0.1:{port}": 200, "localhost:{port}": 200, "LOCALHOST:{port}": 200, "[::1]:{port}": 200,
    "127.0.0.1": 403, "localhost": 403, "localhost:1": 403, "evil.example": 403, "evil.example:{port}": 403,
    "localhost.:{port}": 403, "a/?x": 400, "127.0.0.1:{port}@evil": 400, "evil@127.0.0.1:{port}": 400, "": 400,
    "127.0.0.1.evil.example:{port}": 403, "2130706433:{port}": 403, "0.0.0.0:{port}": 403,
}  # fmt: skip


@pytest.mark.parametrize("path", ["/v1/models", "/v1/health", "/v1/nothing"])
async def test_it_answers_to_its_own_name_only(served: ServedDaemon, path: str) -> None:
    token = await served.token("inference")
    found: dict[str, int] = {}
    for host in HOSTS:
        headers = {"host": host.format(port=served.http.port)}
        status, body = await served.over_http("GET", path, token, headers=headers)
        found[host] = 200 if status == 404 else status
        assert status != 403 or "http.hosts" in body["error"]["hint"]
    assert found == HOSTS


ORIGINS: dict[str, int] = {
    "http://localhost:3000": 200, "http://127.0.0.1": 200, "https://[::1]:8443": 200,
    "null": 403, "": 403, "https://evil.example": 403, "http://localhost.evil.example": 403, "file://": 403,
    "http://localhost:3000.evil.example": 403, "http://127.0.0.1@evil.example": 403, "http://localhost:": 403,
}  # fmt: skip


async def test_pages_of_other_origins_are_refused(served: ServedDaemon) -> None:
    token = await served.token("inference")
    found: dict[str, int] = {}
    for origin in ORIGINS:
        found[origin], _ = await served.over_http("GET", "/v1/models", token, headers={"origin": origin})
    assert found == ORIGINS


async def test_two_hosts_are_none(served: ServedDaemon) -> None:
    own = f"127.0.0.1:{served.http.port}"
    assert await _raw(served, f"GET /v1/health HTTP/1.1\r\nHost: {own}\r\nHost: {own}\r\n\r\n") == 400
    assert await _raw(served, "GET /v1/health HTTP/1.1\r\n\r\n") == 400
    assert await _raw(served, "GET /v1/health HTTP/1.0\r\n\r\n") == 403


#: Ways to write a path that a route or a check before it might read in two ways.
TRICKS = (
    "//v1/status", "/v1//status", "/v1/status/", "/v1/status;x", "/v1/status%2e", "/v1/%73tatus", "/v1/x/../status",
    "/v1/health/../status", "/v1/health/%2e%2e/status", "/V1/STATUS", "/v1/status?x=/v1/health", "/v1/status%00",
    "/v1/status%20", "http://evil.example/v1/status", "http://localhost/v1/status", "/v1/health%2f..%2fstatus",
)  # fmt: skip


async def test_no_way_to_write_a_path_leads_past_the_door(served: ServedDaemon) -> None:
    own = f"127.0.0.1:{served.http.port}"
    found = {path: await _raw(served, f"GET {path} HTTP/1.1\r\nHost: {own}\r\n\r\n") for path in TRICKS}
    assert {path: status for path, status in found.items() if status not in (400, 401, 404)} == {}


async def _raw(served: ServedDaemon, request: str) -> int:
    """The status that these bytes get."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.http.port)
    writer.write(request.encode())
    line = await reader.readline()
    writer.close()
    return int(line.split()[1])


#: What proxies tell by, each once, and where two programs could read it in two ways.
TOLD = (
    "x-forwarded-for: 9.9.9.9\r\nx-forwarded-port: 1\r\nforwarded: for=9.9.9.9\r\nx-real-ip: 9.9.9.9\r\n"
    "x-forwarded-proto: https\r\nx-forwarded-user: root\r\ncf-connecting-ip: 9.9.9.9\r\nx-user-id: root\r\n"
)
TWICE = (
    "x-forwarded-for: 9.9.9.9\r\nx-forwarded-for: 8.8.8.8\r\n",
    "x_forwarded_for: 9.9.9.9\r\n",
    "x-real_ip: 9.9.9.9\r\n",
)


@pytest.mark.parametrize("behind", ["true", "false"])
async def test_what_proxies_tell_decides_nothing(folder: str, behind: str) -> None:
    async with serve(folder, http__behind_proxy=behind) as served:
        head = f"HTTP/1.1\r\nHost: 127.0.0.1:{served.http.port}\r\n"
        for told in ("", TOLD):
            assert await _raw(served, f"GET /v1/health {head}{told}\r\n") == 200
            assert await _raw(served, f"GET /v1/tokens {head}{told}\r\n") == 401
        # Where nobody stands in front nobody is believed, and it does not matter what they say.
        refused = [await _raw(served, f"GET /v1/health {head}{told}\r\n") for told in TWICE]
        assert refused == [400 if behind == "true" else 200] * len(TWICE)


async def test_who_shows_a_token_on_the_socket_acts_with_it_alone(served: ServedDaemon) -> None:
    token = await served.token("read")
    for headers, name in (({}, None), ({"authorization": f"Bearer {token}"}, "token/test")):
        _, told = await served.call("GET", "/v1/client/profile", headers=headers)
        assert (told["kind"] == "owner") is (name is None) and name in (None, told["name"])
    narrowed = {"authorization": f"Bearer {token}"}
    assert (await served.call("GET", "/v1/tokens", headers=narrowed))[0] == 403
    assert (await served.call("GET", "/v1/status", headers=narrowed))[0] == 200
    wrong = {"authorization": "Bearer tf_" + "0" * 48}
    assert (await served.call("GET", "/v1/status", headers=wrong))[0] == 401
    assert (await served.call("GET", "/v1/status", headers={"authorization": "Bearer sk-other"}))[0] == 200
