"""Every route that changes something says what the audit calls it, or why it is not for it to tell."""

import asyncio

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.routes.app import all_routes
from triforce_daemon.routes.table import DirectRoute, PolicedRoute

#: What changes something and is told otherwise, or by nobody.
TOLD_OTHERWISE = {
    "DELETE /v1/users/{user}": "its service tells it, in the commit that deletes",
    "POST /v1/receipts/{request}/undo": "its service tells it, with what was taken back",
    "POST /v1/client/register": "a log-in",
    "POST /v1/client/login": "a log-in",
    "POST /v1/client/refresh": "a log-in goes on",
    "POST /v1/client/logout": "a log-in",
    "POST /v1/sessions/import": "somebody's own conversations",
    "POST /v1/sessions/prune": "somebody's own conversations",
    "PATCH /v1/sessions/{session}": "somebody's own conversations",
    "DELETE /v1/sessions/{session}": "somebody's own conversations",
    "POST /v1/sessions/{session}/fork": "somebody's own conversations",
    "PUT /v1/prompts/{name}": "somebody's own prompts",
    "DELETE /v1/prompts/{name}": "somebody's own prompts",
    "POST /v1/prompts/{name}/render": "asks, and changes nothing",
    "POST /v1/jobs/{job}/cancel": "somebody's own jobs",
    "POST /v1/registry/refresh": "asks, and changes nothing",
    "POST /v1/providers/test": "asks, and changes nothing",
    "POST /v1/keys/test": "asks, and changes nothing",
    "POST /api/show": "asks, and changes nothing",
}


def test_every_route_that_changes_something_is_recorded() -> None:
    unrecorded = {
        f"{next(iter(route.methods))} {route.path}"
        for route in all_routes()
        if isinstance(route, PolicedRoute) and not isinstance(route, DirectRoute)
        if route.records is None and route.methods != {"GET"}
    }
    # What somebody keeps in his memory is his own, as his conversations are; it has versions.
    assert {one for one in unrecorded if "/v1/memory" not in one} == set(TOLD_OTHERWISE)


def test_no_record_repeats_a_secret() -> None:
    shown = {
        name
        for route in all_routes()
        if isinstance(route, PolicedRoute) and route.records
        for name in route.records.shows
    }
    assert not shown & {"token", "secret", "password", "code", "access_token", "refresh_token", "name"} - {"name"}
    named = [
        route.path
        for route in all_routes()
        if isinstance(route, PolicedRoute) and route.records and "name" in route.records.shows
    ]
    # Of a provider's key, which its owner has named.
    assert set(named) == {"/v1/keys/{provider:path}"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/users", {"name": "NO NAME"}),
        ("PATCH", "/v1/users/nobody", {"tier": "pro"}),
        ("POST", "/v1/users", {}),
    ],
)
async def test_what_failed_has_changed_nothing(served: ServedDaemon, method: str, path: str, body: object) -> None:
    assert (await served.call(method, path, json=body))[0] in (400, 404)
    assert (await served.get("/v1/audit"))[1]["items"] == []


async def test_what_was_named_is_kept_without_what_was_said_of_it(served: ServedDaemon) -> None:
    await served.user("anna")
    await served.call("PATCH", "/v1/users/anna", json={"password": "another good password", "role": "admin"})
    (item, *_) = (await served.get("/v1/audit", kind="change"))[1]["items"]
    assert item["document"]["fields"] == ["password", "role"]
    assert "another" not in str(item)


async def test_what_is_long_is_cut(served: ServedDaemon) -> None:
    status, _ = await served.call(
        "PUT", "/v1/registry/aliases/many", json={"models": [f"groq/{n}" * 20 for n in range(30)]}
    )
    assert status == 200
    (item,) = (await served.get("/v1/audit", kind="change"))[1]["items"]
    assert item["document"]["shows"]["models"] == "…"


UNREADABLE = [b"{", b"\xff", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"[" * 5_000, b'{"a": "\\ud800"}']


@pytest.mark.parametrize("body", UNREADABLE)
async def test_nothing_is_done_that_could_not_be_written_down(served: ServedDaemon, body: bytes) -> None:
    """A route that takes no body does not look at one; its record would fail on it, with the change made."""
    await served.token("inference", name="kept")
    told = (await served.get("/v1/audit"))[1]["items"]
    headers = {"content-type": "application/json"}
    status, reply = await served.call("DELETE", "/v1/tokens/kept", data=body, headers=headers)
    assert (status, reply["error"]["code"]) == (400, "invalid_json")
    assert [token["name"] for token in (await served.get("/v1/tokens"))[1]["items"]] == ["kept"]
    assert (await served.get("/v1/audit"))[1]["items"] == told


async def test_a_body_that_never_comes_does_not_get_round_the_audit(served: ServedDaemon) -> None:
    await served.token("inference", name="kept")
    _, writer = await asyncio.open_unix_connection(served.places.socket)
    writer.write(b"DELETE /v1/tokens/kept HTTP/1.1\r\nHost: triforced\r\nContent-Length: 9\r\n\r\n")
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep(0.1)
    assert [token["name"] for token in (await served.get("/v1/tokens"))[1]["items"]] == ["kept"]


async def test_what_a_request_names_does_not_fill_the_audit(served: ServedDaemon) -> None:
    await served.token("inference", name="kept")
    status, _ = await served.call("DELETE", "/v1/tokens/kept", json={f"{number:0100}": 1 for number in range(500)})
    assert status == 200
    newest = (await served.get("/v1/audit"))[1]["items"][0]
    assert newest["document"]["what"] == "tokens.revoke"
    assert {len(name) for name in newest["document"]["fields"]} == {64} and len(newest["document"]["fields"]) == 64
