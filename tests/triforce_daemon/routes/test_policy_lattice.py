"""Who may do what with whose: the whole table, by hand. What is another's is not there, for everybody but the owner."""

from typing import Any

import aiohttp
import pytest

from tests.triforce_daemon.served_daemon import PASSWORD, ServedDaemon, events_of

#: Who asks: Anna, whose the things are; a token of hers and one that may less; Ben, an admin, and the daemon's owner.
ROLES = ("anna", "annas token", "annas narrow token", "ben", "admin", "owners token", "owner", "nobody")

#: What is tried, in this order with a new thing each; then what each gets. Who has asked for something is the one that
#: may not agree to it or take it back; calls of tools are open to admins, conversations and memories are not.
LATTICE: dict[str, tuple[int, ...]] = {
    #                                     anna token narrow ben admin owners owner nobody
    "GET /v1/sessions/{session}":         (200, 200, 403, 404, 404, 404, 404, 401),
    "PATCH /v1/sessions/{session}":       (200, 200, 403, 404, 404, 404, 404, 401),
    "POST /v1/sessions/{session}/fork":   (200, 200, 403, 404, 404, 404, 404, 401),
    "POST /v1/sessions/{session}/turns":  (200, 200, 403, 404, 404, 404, 404, 401),
    "DELETE /v1/sessions/{session}":      (200, 200, 403, 404, 404, 404, 404, 401),
    "GET /v1/responses/{response}":       (200, 200, 200, 404, 404, 404, 404, 401),
    "DELETE /v1/responses/{response}":    (200, 200, 200, 404, 404, 404, 404, 401),
    "GET /v1/memory/{entry}":             (200, 200, 403, 404, 404, 404, 404, 401),
    "PATCH /v1/memory/{entry}":           (200, 200, 403, 404, 404, 404, 404, 401),
    "GET /v1/memory/{entry}/history":     (200, 200, 403, 404, 404, 404, 404, 401),
    "POST /v1/memory/{entry}/validations": (200, 200, 403, 404, 404, 404, 404, 401),
    "POST /v1/memory/changes/{change}/undo": (200, 200, 403, 404, 404, 404, 404, 401),
    "GET /v1/prompts/{prompt}":           (200, 200, 403, 404, 404, 404, 404, 401),
    "POST /v1/prompts/{prompt}/render":   (200, 200, 403, 404, 404, 404, 404, 401),
    "DELETE /v1/prompts/{prompt}":        (200, 200, 403, 404, 404, 404, 404, 401),
    "GET /v1/approvals/{approval}":       (200, 404, 404, 404, 200, 404, 200, 401),
    "DELETE /v1/approvals/{approval}":    (403, 404, 404, 404, 409, 404, 409, 401),
    "POST /v1/approvals/{approval}":      (403, 404, 404, 404, 200, 404, 200, 401),
    "GET /v1/receipts/{receipt}":         (200, 200, 403, 404, 200, 404, 200, 401),
    "DELETE /v1/client/tokens/{token}":   (200, 200, 403, 404, 404, 403, 403, 401),
    "DELETE /v1/tokens/{token}":          (403, 403, 403, 403, 403, 403, 200, 401),
    "GET /v1/users/{user}":               (403, 403, 403, 403, 200, 403, 200, 401),
    "PATCH /v1/users/{user}":             (403, 403, 403, 403, 200, 403, 200, 401),
    "GET /v1/users/{user}/export":        (403, 403, 403, 403, 200, 403, 200, 401),
    "POST /v1/users/{user}/tokens":       (403, 403, 403, 403, 200, 403, 200, 401),
    "POST /v1/users/{user}/revoke":       (403, 403, 403, 403, 200, 403, 200, 401),
    "DELETE /v1/users/{user}":            (403, 403, 403, 403, 200, 403, 200, 401),
}  # fmt: skip

BODIES: dict[str, Any] = {
    "PATCH /v1/sessions/{session}": {"title": "mine"},
    "POST /v1/sessions/{session}/fork": {},
    "POST /v1/sessions/{session}/turns": {"input": "x", "model": "scripted/small"},
    "PATCH /v1/memory/{entry}": {"content": "mine"},
    "POST /v1/memory/{entry}/validations": {"verdict": "confirm"},
    "POST /v1/prompts/{prompt}/render": {},
    "POST /v1/approvals/{approval}": {"verdict": "granted"},
    "PATCH /v1/users/{user}": {"tier": "pro"},
    "POST /v1/users/{user}/tokens": {"name": "made"},
}
ALL = ["inference", "read", "sessions", "account", "memory", "tools"]


class Things:
    """What is Anna's, made anew for each question."""

    def __init__(self, served: ServedDaemon) -> None:
        self._served = served
        self._made = 0

    async def anna(self) -> dict[str, str]:
        self._made += 1
        name = f"anna-{self._made}"
        login = (await self._served.user(name, tier="pro"))["access_token"]
        ask = self._served.over_http
        _, response = await ask("POST", "/v1/responses", login, json={"model": "scripted/small", "input": "x"})
        _, token = await ask("POST", "/v1/client/tokens", login, json={"name": "a", "scopes": ALL})
        _, narrow = await ask("POST", "/v1/client/tokens", login, json={"name": "b", "scopes": ["inference"]})
        _, thing = await ask("POST", "/v1/client/tokens", login, json={"name": "thing"})
        _, memory = await ask("POST", "/v1/memory", login, json={"content": f"what {name} knows"})
        await ask("PUT", f"/v1/prompts/{name}", login, json={"content": "hers"})
        return {
            "entry": memory["id"], "change": memory["change"], "prompt": name, **await self._called(login),
            "anna": login, "annas token": token["token"], "annas narrow token": narrow["token"], "user": name,
            "session": await self._session(login), "response": response["id"], "token": thing["id"],
        }  # fmt: skip

    async def _called(self, login: str) -> dict[str, str]:
        """The receipt of a call that somebody else has to agree to, and what he is asked."""
        body = {"arguments": {"session_id": "anything"}}
        _, called = await self._served.over_http("POST", "/v1/tools/session_delete/run", login, json=body)
        return {"receipt": called["receipt"], "approval": called["error"]["approval"]}

    async def _session(self, login: str) -> str:
        said = {"input": "x", "model": "scripted/small"}
        async with (
            self._served.http_client(login) as client,
            client.post("/v1/sessions/new/turns", json=said) as reply,
        ):
            return events_of(await reply.text())[0]["session"]


@pytest.mark.timeout(120)
async def test_nobody_touches_what_is_not_his(served: ServedDaemon) -> None:
    things = Things(served)
    others = {
        "ben": (await served.user("ben"))["access_token"],
        "admin": (await served.user("boss", role="admin"))["access_token"],
        "owners token": await served.token("inference", "read", "sessions", "memory", "tools"),
    }
    found: dict[str, tuple[int, ...]] = {}
    for line in LATTICE:
        method, path = line.split()
        hers: dict[str, str] = {}
        statuses: list[int] = []
        for role in ROLES:
            if not hers or statuses[-1] == 200:
                # What was done may have ended it.
                hers = await things.anna()
            shown = {**hers, **others}
            ask = served.call if role == "owner" else served.over_http
            more: dict[str, Any] = {"json": BODIES[line]} if line in BODIES else {}
            if role not in ("owner", "nobody"):
                more["headers"] = {"authorization": f"Bearer {shown[role]}"}
            status, _ = await _status(ask, method, path.format(**hers), more)
            statuses.append(status)
        found[line] = tuple(statuses)
    assert found == LATTICE


async def _status(ask: Any, method: str, path: str, more: dict[str, Any]) -> tuple[int, Any]:
    try:
        return await ask(method, path, **more)
    except aiohttp.ContentTypeError:
        # A stream of events, and so a yes.
        return 200, None


async def test_a_token_that_an_admin_makes_for_somebody_is_no_wider_than_that_person(served: ServedDaemon) -> None:
    boss = (await served.user("boss", role="admin"))["access_token"]
    await served.user("anna", tier="free")
    _, made = await served.over_http("POST", "/v1/users/anna/tokens", boss, json={"name": "t", "scopes": ALL})
    for method, path in (("GET", "/v1/users"), ("POST", "/v1/invitations"), ("GET", "/v1/config")):
        assert (await served.over_http(method, path, made["token"], json={}))[0] == 403, path
    _, profile = await served.over_http("GET", "/v1/client/profile", made["token"])
    assert (profile["admin"], profile["user"]["name"]) == (False, "anna")


async def test_an_admins_own_token_is_no_admin(served: ServedDaemon) -> None:
    boss = (await served.user("boss", role="admin"))["access_token"]
    _, made = await served.over_http("POST", "/v1/client/tokens", boss, json={"name": "t", "scopes": ALL})
    assert (await served.over_http("GET", "/v1/users", made["token"]))[0] == 403
    assert (await served.over_http("PATCH", "/v1/client/profile", made["token"], json={
        "password": PASSWORD + "!", "current_password": "a guess of mine",
    }))[0] == 401  # fmt: skip
