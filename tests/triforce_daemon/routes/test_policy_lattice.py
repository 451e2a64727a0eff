"""Who may do what with whose: the whole table, by hand. What is another's is not there, for everybody but the owner."""

import re
from typing import Any

import pytest

from tests.triforce_daemon.routes.annas_things import ALL, ROLES, ask_as, things
from tests.triforce_daemon.routes.test_policy import MATRIX
from tests.triforce_daemon.served_daemon import PASSWORD, ServedDaemon
from triforce_daemon.stores.tables import metadata

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
    "GET /v1/jobs/{job}":                 (200, 200, 403, 404, 200, 404, 200, 401),
    "POST /v1/jobs/{job}/cancel":         (200, 200, 403, 404, 200, 404, 200, 401),
    "POST /v1/receipts/{receipt}/undo":   (200, 200, 403, 404, 200, 404, 200, 401),
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
#: What has no owner but the daemon's, or is nobody's: who may touch it is the route's policy alone.
NOBODYS = {
    line for line in MATRIX
    if line.split()[1].startswith((
        "/v1/models/", "/v1beta/", "/v1/registry/", "/v1/providers/", "/v1/keys/", "/v1/config/", "/v1/tools/",
        "/v1/mcp/servers/", "/v1/mcp-servers/", "/v1/backups/", "/v1/invitations/",
    ))
}  # fmt: skip
#: Where what somebody has is kept, and what the lattices call it; what is read in lists alone stands in none of them.
KEPT = {
    "sessions": "session", "responses": "response", "memories": "entry", "memory_validations": "entry",
    "prompts": "prompt", "approvals": "approval", "jobs": "job", "chains": "chain", "file_changes": "backup",
    "tokens": "token", "logins": "user", "audit": "receipt", "audit_names": "receipt", "ledger": "receipt",
}  # fmt: skip
#: The columns that say whose something is.
WHOSE = {"owner", "account", "user", "asker", "caller", "client"}


def named(line: str) -> str:
    """The route as it is declared, whatever stands in its gaps."""
    return re.sub(r"\{[^}]*\}", "{}", line)


def test_no_route_to_a_thing_is_missing() -> None:
    reached = {line for line in MATRIX if "{" in line} - NOBODYS
    # Who makes a prompt makes his own, whatever its name.
    assert {named(line) for line in reached} == {named(line) for line in LATTICE} | {"PUT /v1/prompts/{}"}


def test_no_kind_of_thing_is_missing() -> None:
    owned = {table.name for table in metadata.tables.values() if WHOSE & {column.name for column in table.columns}}
    assert owned == KEPT.keys()


@pytest.mark.timeout(120)
async def test_nobody_touches_what_is_not_his(folder: str) -> None:
    found: dict[str, tuple[int, ...]] = {}
    async with things(folder) as (served, made):
        for line in LATTICE:
            hers: dict[str, str] = {}
            statuses: list[int] = []
            for role in ROLES:
                if not hers or statuses[-1] == 200:
                    # What was done may have ended it.
                    hers = await made.anna()
                status, _ = await ask_as(served, role, hers, line.format(**hers), BODIES.get(line))
                statuses.append(status)
            found[line] = tuple(statuses)
    assert found == LATTICE


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
