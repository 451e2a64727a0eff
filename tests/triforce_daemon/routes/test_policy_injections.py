"""What databases, shells and templates would read as theirs, in every place of every route: it is text, and no more."""

import hashlib
import re
import sqlite3
from contextlib import closing
from typing import Any
from urllib.parse import quote

import pytest

from tests.triforce_daemon.routes.test_policy_mass_assignment import body_of
from tests.triforce_daemon.routes.walking import asked, described, every_route, json_of
from tests.triforce_daemon.served_daemon import ServedDaemon, events_of
from triforce_daemon.routes.app import build
from triforce_daemon.runtime.clock import Clock

STRINGS = (
    "' OR '1'='1", "'; DROP TABLE users; --", "1); DELETE FROM sessions WHERE (1=1", '" OR ""="',
    "x' UNION SELECT password FROM users --", "\\'; SELECT load_extension('x'); --", '{"$ne": null}', "{'$gt': ''}",
    "$(touch pwned)", "`id`", "%27%20OR%201=1", "*)(uid=*))(|(uid=*", "{{7*7}}", "${jndi:ldap://127.0.0.1/x}",
    "../../../../etc/passwd", "%00", "\x00", "a\r\nx-injected: 1", "\ud7ff\u202e\ufffe", "'" * 2_000, "NaN", "-1",
    "18446744073709551616",
)  # fmt: skip
#: These end, change or stop what the others stand on, or never end themselves.
SPARED = {"/v1/client/logout", "/v1/daemon/stop", "/v1/mcp/sse"}
HEADERS = (b"x-triforce-boundary", b"x-triforce-cache", b"x-triforce-dry-run", b"anthropic-version", b"x-request-id",
           b"user-agent", b"accept", b"cookie", b"referer", b"idempotency-key")  # fmt: skip


def digest(served: ServedDaemon) -> str:
    """Of the tables themselves, and of everything that was Anna's or the owner's before; what was used when is not."""
    with closing(sqlite3.connect(served.places.database)) as connection, connection:
        tables = connection.execute("select name, sql from sqlite_master order by name").fetchall()
        users = connection.execute("select * from users order by id").fetchall()
        tokens = connection.execute("select id, name, digest, scopes, user, revoked from tokens order by id").fetchall()
        turns = connection.execute("select * from turns order by rowid").fetchall()
        return hashlib.sha256(repr((tables, users, tokens, turns)).encode()).hexdigest()


def with_strings(value: Any, text: str) -> Any:
    """`value` with `text` wherever a text stood, and as one more name."""
    if isinstance(value, dict):
        return {**{name: with_strings(one, text) for name, one in value.items()}, text: text}
    if isinstance(value, list):
        return [with_strings(one, text) for one in value]
    return text if isinstance(value, str) else value


@pytest.mark.parametrize("who", ["nobody", "somebody"])
@pytest.mark.timeout(180)
async def test_it_is_text_and_no_more(served: ServedDaemon, who: str) -> None:
    document, app = described(), build(served.parts, Clock())
    anna = (await served.user("anna", tier="pro"))["access_token"]
    async with served.http_client(anna) as client:
        said = {"input": "hers", "model": "scripted/small"}
        async with client.post("/v1/sessions/new/turns", json=said) as reply:
            assert events_of(await reply.text())
    await served.token("inference", "read", name="owners")
    token = (await served.user("eve", tier="pro"))["access_token"] if who == "somebody" else None
    before, found = digest(served), dict[str, int]()
    for method, path in every_route():
        if path in SPARED or (method, path) in MAKES:
            continue
        for number, text in enumerate(STRINGS):
            place = re.sub(r"\{[^}]*\}", text, path)
            body = with_strings(body_of(method, path, document), text)
            raw = b"" if method == "GET" else json_of(body)
            headers = tuple((name, text.encode("utf-8", "replace")) for name in HEADERS) if number % 2 else ()
            names = _queries(document, method, path)
            query = "&".join(f"{name}={quote(text, safe='')}" for name in names)
            status, answer = await asked(
                app, served, method, place, token=token, query=query, body=raw, headers=headers
            )
            assert status < 500 or status in (502, 503), (method, path, text, answer)
            assert b"Traceback" not in answer and b"sqlite" not in answer.lower(), (method, path, text, answer)
            found[f"{status // 100}xx"] = found.get(f"{status // 100}xx", 0) + 1
    assert digest(served) == before
    assert found["4xx"] > 1_000


#: Who has an account may make these, under whatever name they may have; the first is a stream without an end.
MAKES = {
    ("GET", "/v1/mcp"),
    ("POST", "/v1/client/register"), ("POST", "/v1/client/login"), ("POST", "/v1/client/tokens"),
    ("PATCH", "/v1/client/profile"), ("POST", "/v1/sessions/{session}/turns"), ("POST", "/v1/sessions/import"),
}  # fmt: skip


def _queries(document: dict[str, Any], method: str, path: str) -> list[str]:
    operation = document["paths"][re.sub(r":path\}", "}", path)][method.lower()]
    return [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]


@pytest.mark.parametrize("text", [text for text in STRINGS if not text.isalnum()])
async def test_what_may_be_made_has_no_such_name(served: ServedDaemon, text: str) -> None:
    app = build(served.parts, Clock())
    login = (await served.user("eve"))["access_token"]
    before = digest(served)
    for method, path, body in (
        ("POST", "/v1/client/tokens", {"name": text, "models": [text]}),
        ("POST", "/v1/client/register", {"name": text, "password": text}),
        ("POST", "/v1/client/login", {"name": text, "password": text}),
        ("PATCH", "/v1/client/profile", {"password": text, "current_password": text}),
    ):
        status, _ = await asked(app, served, method, path, token=login, body=json_of(body))
        assert 400 <= status < 500, (path, status)
    assert digest(served) == before
