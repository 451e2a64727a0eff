"""`triforce tools servers`: mounted servers, and what of them is accepted."""

import json
from typing import Any

from tests.triforce_cli.conftest import Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import NOW

SERVER: dict[str, Any] = {
    "name": "files", "state": "up", "reason": None, "since": NOW, "way": "command", "place": "npx server /srv",
    "program": "secure-files 1.0", "protocol": "2025-11-25", "confined": True, "pid": 7, "restarts": 2, "tools": 1,
    "waiting": 3,
}  # fmt: skip


def tool(name: str, state: str, **more: Any) -> dict[str, Any]:
    said = {"description": f"{name} now.\nMore.", "accepted_description": f"{name} before.", "schema_changed": False}
    kept = {"digest": f"digest of {name}", "accepted_at": NOW, "accepted_by": "configuration"}
    return {"name": f"files__{name}", "tool": name, "state": state, "reason": "it waits", **said, **kept, **more}


READ = tool("read", "offered", reason=None)
WRITE = tool("write", "changed", schema_changed=True)
NEW = tool("new", "new", accepted_description=None)
GONE = tool("gone", "gone")
SHOWN = {**SERVER, "schema": "triforce.mcp_servers.show/1", "items": [READ, WRITE, NEW, GONE]}
PATH = "/v1/mcp-servers"


def test_list(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    down = {**SERVER, "name": "dead", "state": "down", "reason": "It ended\x1b[31m.", "waiting": 0}
    reply = {"schema": "triforce.mcp_servers.list/1", "items": [SERVER, down], "next": None}
    fake_daemon.answers("GET", PATH, reply)
    listed = triforce("tools", "servers", "list")
    assert "files" in listed.out and "npx server /srv" in listed.out
    assert "files: 3 tools wait for you: triforce tools servers accept files" in listed.err
    assert "dead: It ended␛[31m." in listed.err
    assert json.loads(triforce("tools", "servers", "list", "--json").out) == reply


def test_where_there_is_none(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("GET", PATH, {"schema": "triforce.mcp_servers.list/1", "items": [], "next": None})
    assert "No server is mounted" in triforce("tools", "servers", "list").err


def test_show_says_what_has_changed(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("GET", f"{PATH}/files", SHOWN)
    shown = triforce("tools", "servers", "show", "files").out
    for line in (
        *("files (secure-files 1.0)", "npx server /srv", "1 offered, 3 waiting", "files__read  read now."),
        *("files__write  changed  it waits", "  - write before.\n  + write now.\n  + More.\n", "hints are others"),
        *("files__new  new  it waits\n  + new now.", "files__gone  gone  it waits\n  - gone before."),
    ):
        assert line in shown, shown


def test_accept_shows_what_it_accepts_and_says_what_was_seen(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("GET", f"{PATH}/files", SHOWN)
    fake_daemon.answers("POST", f"{PATH}/files/accept", {"schema": "x", "name": "files", "accepted": ["files__write"]})
    refused = triforce("tools", "servers", "accept", "files", "write")
    assert refused.status == 6 and "+ write now." in refused.err and "Accept 1 tool of files" in refused.err
    done = triforce("tools", "servers", "accept", "files", "write", "--yes")
    assert done.status == 0 and "Accepted files__write." in done.err
    assert fake_daemon.asked[-1].body == {"tools": {"files__write": "digest of write"}}
    triforce("tools", "servers", "accept", "files", "--yes")
    assert list(fake_daemon.asked[-1].body["tools"]) == ["files__write", "files__new", "files__gone"]
    wrong = triforce("tools", "servers", "accept", "files", "read", "--yes")
    assert wrong.status == 2 and "read does not wait" in wrong.err


def test_nothing_to_accept_asks_nothing(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("GET", f"{PATH}/files", {**SHOWN, "items": [READ]})
    fake_daemon.answers("POST", f"{PATH}/files/accept", {"schema": "x", "name": "files", "accepted": []})
    assert "Nothing of files waits." in triforce("tools", "servers", "accept", "files").err


def test_test_and_log(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    found = {
        "schema": "triforce.mcp_servers.test/1", "name": "files", "ok": False, "reason": "It has ended.", "ms": 7,
        "program": None, "protocol": None, "confined": None, "tools": [],
    }  # fmt: skip
    fake_daemon.answers("POST", f"{PATH}/files/test", found)
    tested = triforce("tools", "servers", "test", "files")
    assert tested.status == 1 and "It has ended." in tested.out and "7 ms" in tested.out
    fake_daemon.answers("POST", f"{PATH}/other/test", {**found, "ok": True, "tools": ["read", "write"]})
    tested = triforce("tools", "servers", "test", "other")
    assert tested.status == 0 and "read, write" in tested.out
    fake_daemon.answers("GET", f"{PATH}/files/log", {"schema": "x", "name": "files", "lines": ["one", "t\x1b[2Jwo"]})
    assert triforce("tools", "servers", "log", "files").out == "one\nt␛[2Jwo\n"
    assert json.loads(triforce("tools", "servers", "log", "files", "--json").out)["lines"][0] == "one"
