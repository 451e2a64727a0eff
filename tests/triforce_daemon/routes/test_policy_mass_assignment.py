"""What somebody would like to be is taken from no request, on no route that writes, whoever asks."""

import re
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.triforce_daemon.routes.walking import asked, described, every_route, json_of
from tests.triforce_daemon.served_daemon import PASSWORD, ServedDaemon, serve
from triforce_daemon.routes.app import build
from triforce_daemon.runtime.clock import Clock

#: What somebody would like to be.
GREEDY: dict[str, Any] = {
    "tier": "unlimited", "role": "admin", "is_admin": True, "admin": True, "is_owner": True, "user_role": "admin",
    "kind": "owner", "budget": 10**9, "limits": None, "allowed_routes": ["*"], "user": "boss", "user_id": "boss",
    "account": "boss", "uid": 0, "tier_expires": "2999-01-01T00:00:00Z", "grants": ["*"], "disabled": False,
    "scopes": ["inference", "read", "sessions", "account"], "boundary": "any", "created": 0, "id": "mine",
}  # fmt: skip
#: Headers by which servers elsewhere are told who asks.
HEADERS = tuple(
    (name, b"boss")
    for name in (b"x-user-id", b"x-forwarded-user", b"x-user", b"x-remote-user", b"remote-user", b"x-role", b"x-tier")
)
#: Logging out comes last: whoever has does nothing more.
WRITES = sorted(
    ((method, path) for method, path in every_route() if method != "GET"), key=lambda one: "logout" in one[1]
)
#: Who asks, of those who must not become more.
WHO = ("nobody", "free", "narrow")


def people(served: ServedDaemon) -> list[tuple[object, ...]]:
    """What each may, as it is kept; without the moments at which something was used."""
    with closing(sqlite3.connect(served.places.database)) as connection, connection:
        users = connection.execute("select name, role, tier, tier_expires, disabled, grants from users order by id")
        tokens = connection.execute("select name, user, scopes, models, boundary, expires from tokens order by id")
        return [*users.fetchall(), *tokens.fetchall()]


def filled(schema: Any, document: dict[str, Any], name: str = "") -> Any:
    """Something of that shape, as small as it may be."""
    schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    for one in ("anyOf", "oneOf", "allOf"):
        if one in schema:
            return filled(schema[one][0], document, name)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if "properties" in schema:
        return {key: filled(schema["properties"][key], document, key) for key in schema.get("required", ())}
    known = {"password": PASSWORD, "current_password": PASSWORD, "model": "scripted/small", "name": "x1"}
    kinds: dict[str, Any] = {"integer": 1, "number": 1, "boolean": False, "array": [], "object": {}, "null": None}
    return kinds.get(schema.get("type", ""), known.get(name, "x"))


def body_of(method: str, path: str, document: dict[str, Any]) -> dict[str, Any]:
    operation = document["paths"][re.sub(r":path\}", "}", path)][method.lower()]
    if "requestBody" not in operation:
        return {}
    found = filled(operation["requestBody"]["content"]["application/json"]["schema"], document)
    usual = {"model": "scripted/small", "messages": [{"role": "user", "content": "x"}], "input": "x"}
    return {**usual, **found} if isinstance(found, dict) else {}


@pytest.mark.parametrize("who", WHO)
async def test_it_is_taken_on_no_route(folder: str, who: str) -> None:
    async with serve(folder, users__registration="open") as served:
        document, app = described(), build(served.parts, Clock())
        await served.user("boss", role="admin")
        login = (await served.user("ben", tier="free"))["access_token"]
        narrow = await served.token("inference", name="narrow")
        token = {"nobody": None, "free": login, "narrow": narrow}[who]
        before, made = people(served), 0
        for method, path in WRITES:
            place = re.sub(r"\{[^}]*\}", "boss", path)
            whole = json_of({**body_of(method, path, document), **GREEDY})
            status, answer = await asked(app, served, method, place, token=token, body=whole, headers=HEADERS)
            assert status != 500, (method, path, answer)
            after = people(served)
            new = [row for row in after if row not in before]
            assert all(is_his_own(row, path) for row in new), (method, path, new)
            assert [row for row in before if row not in after] == [], (method, path)
            made, before = made + len(new), after
        # Somebody registered, and who has an account made himself a token; else nothing was tried at all.
        assert made == (2 if who == "free" else 1)


def is_his_own(row: tuple[object, ...], path: str) -> bool:
    """Of what is new: an account of the usual tier, or a token that is its maker's."""
    if path == "/v1/client/register":
        return row[:5] == ("x1", "user", "free", None, None)
    return path == "/v1/client/tokens" and row[1] is not None
