"""Two daemons on one PostgreSQL: what one of them does to accounts, tokens and log-ins counts at the other."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from tests.postgresql import Postgresql
from tests.scriptable_upstream.script import say
from tests.triforce_daemon.served_daemon import PASSWORD, ServedDaemon, serve
from triforce_daemon.access.elsewhere import LOOKS_A_SECOND, Elsewhere
from triforce_daemon.access.presence import Presence
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.sessions import Sessions

ASKED = {"model": "scripted/small", "messages": [{"role": "user", "content": "x"}]}


@dataclass
class Pair:
    one: ServedDaemon
    other: ServedDaemon


@pytest.fixture
async def pair(folder: str, server: Postgresql, template: str) -> AsyncIterator[Pair]:
    key = os.path.join(folder, "signing.key")
    with open(os.open(key, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
        file.write(os.urandom(48))
    url = server.url(server.new_database(template))
    async with AsyncExitStack() as held:
        found: list[ServedDaemon] = []
        for name in ("one", "other"):
            home = os.path.join(folder, name)
            os.mkdir(home)
            found.append(await held.enter_async_context(serve(home, database__url=url, users__signing_key=key)))
        yield Pair(*found)


async def answered(daemon: ServedDaemon, token: str, path: str = "/v1/chat/completions", **body: Any) -> int:
    return (await daemon.over_http("POST", path, token, json={**ASKED, **body}))[0]


async def within(seconds: float, status: int, daemon: ServedDaemon, token: str) -> None:
    """It is answered so, from some moment on that comes soon enough."""
    async with asyncio.timeout(seconds):
        while await answered(daemon, token) != status:
            await asyncio.sleep(0.01)


async def test_what_one_has_made_the_other_knows_at_once(pair: Pair) -> None:
    token = await pair.one.token("inference")
    assert await answered(pair.other, token) == 200
    login = await pair.one.user("anna")
    assert await answered(pair.other, login["access_token"]) == 200
    status, made = await pair.other.over_http(
        "POST", "/v1/client/tokens", login["access_token"], json={"name": "phone"}
    )
    assert status == 200, made
    assert await answered(pair.one, made["token"]) == 200
    known = {"name": "anna", "password": PASSWORD}
    assert (await pair.other.over_http("POST", "/v1/client/login", json=known))[0] == 200


async def test_who_was_registered_a_moment_ago_may_go_to_the_other(pair: Pair) -> None:
    for number in range(10):
        known = {"name": f"anna-{number}", "password": PASSWORD}
        made = (await pair.one.post("/v1/users", known))[0]
        assert (made, (await pair.other.over_http("POST", "/v1/client/login", json=known))[0]) == (200, 200)
        ben = await pair.one.user(f"ben-{number}")
        again = {"refresh_token": ben["refresh_token"]}
        status, renewed = await pair.other.over_http("POST", "/v1/client/refresh", json=again)
        assert status == 200, renewed


async def test_a_name_is_given_once(pair: Pair) -> None:
    asked = {"name": "anna", "password": PASSWORD}
    made = await asyncio.gather(*(one.post("/v1/users", asked) for one in (pair.one, pair.other)))
    assert sorted(status for status, _ in made) == [200, 409]


async def test_what_is_taken_away_at_one_is_dead_at_the_other(pair: Pair) -> None:
    token = await pair.one.token("inference")
    login = await pair.one.user("anna")
    again = await pair.one.log_in("anna")
    for known in (token, login["access_token"], again["access_token"]):
        assert await answered(pair.other, known) == 200
    await pair.one.call("DELETE", "/v1/tokens/test")
    await within(5, 401, pair.other, token)
    assert (await pair.one.over_http("POST", "/v1/client/logout", login["access_token"], json={}))[0] == 200
    await within(5, 401, pair.other, login["access_token"])
    await pair.one.call("PATCH", "/v1/users/anna", json={"disabled": True})
    await within(5, 401, pair.other, again["access_token"])


async def test_a_stream_is_cut_whose_rights_end_elsewhere(pair: Pair) -> None:
    token = await pair.one.token("inference")
    pair.other.upstream.enqueue(say(*("word " for _ in range(1_000))), "every=50ms")
    async with (
        pair.other.http_client(token) as client,
        client.post("/v1/chat/completions", json={**ASKED, "stream": True}) as reply,
    ):
        await reply.content.readline()
        await pair.one.call("DELETE", "/v1/tokens/test")
        rest = await asyncio.wait_for(reply.text(), 10)
    assert "error" in rest and "[DONE]" not in rest


async def test_a_tier_counts_everywhere(pair: Pair) -> None:
    login = await pair.one.user("anna")
    await pair.one.call("PATCH", "/v1/users/anna", json={"tier": "unlimited"})
    async with asyncio.timeout(5):
        while (await pair.other.over_http("GET", "/v1/client/tier", login["access_token"]))[1]["tier"] != "unlimited":
            await asyncio.sleep(0.01)


async def test_a_log_in_is_renewed_anywhere_and_a_stolen_one_ends_everywhere(pair: Pair) -> None:
    first = await pair.one.user("anna")

    async def renewed(daemon: ServedDaemon, token: str) -> tuple[int, dict[str, Any]]:
        return await daemon.over_http("POST", "/v1/client/refresh", json={"refresh_token": token})

    status, second = await renewed(pair.other, first["refresh_token"])
    assert status == 200, second
    status, third = await renewed(pair.one, second["refresh_token"])
    assert status == 200, third
    both = await asyncio.gather(*(renewed(one, third["refresh_token"]) for one in (pair.one, pair.other)))
    assert sorted(status for status, _ in both) != [200, 200]
    assert (await renewed(pair.other, first["refresh_token"]))[0] == 401
    await within(5, 401, pair.one, third["access_token"])


async def test_a_conversation_goes_on_at_the_other_but_not_at_both_at_once(pair: Pair) -> None:
    events = await pair.one.turn("hi")
    session = events[0]["session"]
    assert (await pair.other.turn("again", session))[-1]["turn"] == 2
    pair.one.upstream.enqueue(say(*("word " for _ in range(100))), "every=30ms")
    answering = asyncio.create_task(pair.one.turn("slowly", session))
    async with asyncio.timeout(5):
        while len((await pair.other.get(f"/v1/sessions/{session}"))[1]["history"]) < 3:
            await asyncio.sleep(0.01)
    status, refusal = await pair.other.post(f"/v1/sessions/{session}/turns", {"input": "me too"})
    assert (status, refusal["error"]["code"]) == (409, "conflict")
    # One that starts now, or looks for turns of the dead, leaves those of the living alone.
    await pair.other.parts.get(Sessions).recover()
    assert (await pair.other.get(f"/v1/sessions/{session}"))[1]["history"][2]["state"] == "running"
    assert (await answering)[-1]["type"] == "done"


async def test_a_response_goes_on_at_the_other(pair: Pair) -> None:
    token = await pair.one.token("inference")
    body = {"model": "scripted/small", "input": "hi"}
    status, first = await pair.one.over_http("POST", "/v1/responses", token, json=body)
    assert status == 200, first
    body = {**body, "previous_response_id": first["id"]}
    status, second = await pair.other.over_http("POST", "/v1/responses", token, json=body)
    assert status == 200 and second["previous_response_id"] == first["id"]


async def test_usage_is_one(pair: Pair) -> None:
    token = await pair.one.token("inference")
    for daemon in (pair.one, pair.other, pair.other):
        assert await answered(daemon, token) == 200
    [item] = (await pair.one.get("/v1/usage", by="client"))[1]["items"]
    assert item["requests"] == 3


async def test_whoever_guesses_does_not_keep_the_database_busy(pair: Pair) -> None:
    elsewhere = Elsewhere(None, None, None, Presence(), Clock())  # type: ignore[arg-type]
    assert sum(elsewhere.may_look() for _ in range(10 * LOOKS_A_SECOND)) <= 2 * LOOKS_A_SECOND
    statuses = {await answered(pair.one, f"tf_{number:048x}") for number in range(30)}
    assert statuses == {401}
