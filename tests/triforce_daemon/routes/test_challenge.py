"""How a refusal says what would let somebody in."""

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.routes.challenge import challenge


async def test_a_client_of_mcp_finds_its_way_from_the_refusal(served: ServedDaemon) -> None:
    async with served.http_client() as client:
        async with client.post("/v1/mcp", json={}) as reply:
            told = reply.headers["www-authenticate"]
        assert reply.status == 401
        assert told.startswith("Bearer resource_metadata=") and told.endswith('scope="tools"')
        async with client.get(told.split('"')[1]) as found:
            metadata = await found.json()
        assert metadata["resource"] == f"{served.http.url}/v1/mcp"
    async with served.http_client(await served.token("read")) as client, client.post("/v1/mcp", json={}) as reply:
        assert reply.status == 403
        assert 'Bearer error="insufficient_scope", resource_metadata=' in reply.headers["www-authenticate"]


@pytest.mark.parametrize("host", [b'h", error="x', b"h\r\nx: y", b"", b"a/b", b"h" * 300])
def test_what_is_no_host_is_not_repeated(host: bytes) -> None:
    scope = {"path": "/v1/mcp", "scheme": "http", "headers": [(b"host", host)]}
    assert challenge(scope, 401) == [(b"www-authenticate", b"Bearer")]
    assert challenge(scope, 403) == []


def test_other_routes_have_nothing_of_it() -> None:
    scope = {"path": "/v1/mcp-servers", "scheme": "http", "headers": [(b"host", b"h")]}
    assert challenge(scope, 401) == [(b"www-authenticate", b"Bearer")]
    assert challenge(scope, 403) == [] and challenge(scope, 200) == []
