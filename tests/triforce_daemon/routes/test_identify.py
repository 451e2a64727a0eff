"""The door: ids for requests, callers by the kernel's word alone."""

import os

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.routes.identify import identify


def test_the_daemons_own_user_and_root_are_the_owner() -> None:
    own = identify((5, os.getuid(), 0))
    assert own is not None
    assert own.kind == "owner"
    assert identify((5, 0, 0)) is not None


@pytest.mark.parametrize("peer", [None, (5, 65_534, 65_534)])
def test_nobody_else_is_known(peer: tuple[int, int, int] | None) -> None:
    assert identify(peer) is None


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
