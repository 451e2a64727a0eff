"""Where a redirect leads, and what goes along."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.triforce_daemon.outbound.raw_server import Exchange, answer, serve
from triforce_daemon.errors import UpstreamFailed
from triforce_daemon.outbound.client import Outbound, Timeouts
from triforce_daemon.outbound.redirects import Asked, redirected

KEY = {"Authorization": "Bearer k", "Content-Type": "application/json", "X-Other": "1"}


def after(method: str, status: int, location: str | None) -> Asked | None:
    headers = {} if location is None else {"location": location}
    reply = cast(Any, SimpleNamespace(status=status, headers=headers))
    return redirected(Asked(method, "https://h/a/b?c", KEY, b"body"), reply)


@pytest.mark.parametrize(
    ("location", "url", "personal"),
    [
        ("x", "https://h/a/x", True),
        ("/x?y", "https://h/x?y", True),
        ("https://h:443/x", "https://h:443/x", True),
        ("http://h/x", "http://h/x", False),
        ("//other/x", "https://other/x", False),
        ("https://h:8443/x", "https://h:8443/x", False),
    ],
)
def test_another_place_hears_no_key(location: str, url: str, personal: bool) -> None:
    asked = after("GET", 302, location)
    assert asked is not None
    assert asked.url == url
    assert ("Authorization" in asked.headers) == personal
    assert asked.headers["X-Other"] == "1"


@pytest.mark.parametrize(
    ("status", "method", "body"), [(307, "POST", b"body"), (308, "POST", b"body"), (303, "GET", None)]
)
def test_what_a_post_becomes(status: int, method: str, body: bytes | None) -> None:
    asked = after("POST", status, "/x")
    assert asked is not None
    assert (asked.method, asked.body, "Content-Type" in asked.headers) == (method, body, body is not None)


@pytest.mark.parametrize(("status", "location"), [(200, "/x"), (304, "/x"), (302, None)])
def test_what_is_no_redirect(status: int, location: str | None) -> None:
    assert after("GET", status, location) is None


async def test_in_a_circle_and_to_nowhere(outbound: Outbound) -> None:
    place = "/again"

    async def script(exchange: Exchange) -> None:
        await exchange.send(answer(b"", f"Location: {place}", status="302 Found"))

    async with serve(script) as server:
        with pytest.raises(UpstreamFailed, match=r"The server 127\.0\.0\.1:\d+ redirects in a circle"):
            await outbound.follow("GET", server.url, timeouts=Timeouts())
        assert len(server.requests) == 10
        place = "file:///etc/passwd"
        with pytest.raises(UpstreamFailed, match="not an http or https address"):
            await outbound.follow("GET", server.url, timeouts=Timeouts())
