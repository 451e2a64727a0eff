"""Each method asks its route, in the way the wire says."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.triforce_cli import memory_replies, replies
from tests.triforce_cli.fake_daemon import FakeDaemon
from triforce_cli.daemon_client import DaemonClient

ID = replies.SESSION_ID
MODEL = replies.MODEL_ID
MEMORY, CHANGE = memory_replies.ID, memory_replies.CHANGE

ROUTES: list[tuple[Callable[[DaemonClient], Any], str, str, dict[str, str], Any]] = [
    (lambda c: c.health(), "GET", "/v1/health", {}, None),
    (lambda c: c.status(), "GET", "/v1/status", {}, None),
    (lambda c: c.doctor(), "GET", "/v1/doctor", {}, None),
    (lambda c: c.reload(), "POST", "/v1/daemon/reload", {}, None),
    (lambda c: c.stop(), "POST", "/v1/daemon/stop", {}, None),
    (lambda c: c.models("builtin"), "GET", "/v1/registry/models", {"provider": "builtin"}, None),
    (lambda c: c.models(), "GET", "/v1/registry/models", {}, None),
    (lambda c: c.model(MODEL), "GET", f"/v1/registry/models/{MODEL}", {}, None),
    (lambda c: c.default_model(), "GET", "/v1/registry/default", {}, None),
    (lambda c: c.set_default_model("a/b"), "PUT", "/v1/registry/default", {}, {"model": "a/b"}),
    (lambda c: c.aliases(), "GET", "/v1/registry/aliases", {}, None),
    (lambda c: c.set_alias("quick", {"models": ["a"]}), "PUT", "/v1/registry/aliases/quick", {}, {"models": ["a"]}),
    (lambda c: c.remove_alias("quick"), "DELETE", "/v1/registry/aliases/quick", {}, None),
    (lambda c: c.refresh_models({}), "POST", "/v1/registry/refresh", {}, {}),
    (lambda c: c.why("quick"), "GET", "/v1/registry/why", {"model": "quick"}, None),
    (lambda c: c.remove_model(MODEL), "DELETE", f"/v1/registry/models/{MODEL}", {}, None),
    (lambda c: c.sessions(5, "2026-01-01T00:00:00Z", "m", "x"), "GET", "/v1/sessions",
     {"limit": "5", "since": "2026-01-01T00:00:00Z", "model": "m", "after": "x"}, None),
    (lambda c: c.search("blue & sky", 3), "GET", "/v1/sessions/search", {"query": "blue & sky", "limit": "3"}, None),
    (lambda c: c.session(ID), "GET", f"/v1/sessions/{ID}", {}, None),
    (lambda c: c.change_session(ID, {"title": "t"}), "PATCH", f"/v1/sessions/{ID}", {}, {"title": "t"}),
    (lambda c: c.delete_session(ID), "DELETE", f"/v1/sessions/{ID}", {}, None),
    (lambda c: c.fork(ID, {"upto": 1}), "POST", f"/v1/sessions/{ID}/fork", {}, {"upto": 1}),
    (lambda c: c.import_sessions({"sessions": []}), "POST", "/v1/sessions/import", {}, {"sessions": []}),
    (lambda c: c.prune({"older_than_seconds": 9}), "POST", "/v1/sessions/prune", {}, {"older_than_seconds": 9}),
    (lambda c: c.add_memory({"content": "x"}), "POST", "/v1/memory", {}, {"content": "x"}),
    (lambda c: c.search_memory({"query": "x"}), "POST", "/v1/memory/search", {}, {"query": "x"}),
    (lambda c: c.memory(MEMORY), "GET", f"/v1/memory/{MEMORY}", {}, None),
    (lambda c: c.memory_history(MEMORY), "GET", f"/v1/memory/{MEMORY}/history", {}, None),
    (lambda c: c.change_memory(MEMORY, {"content": "y"}), "PATCH", f"/v1/memory/{MEMORY}", {}, {"content": "y"}),
    (lambda c: c.validate_memory(MEMORY, {"verdict": "confirm"}), "POST", f"/v1/memory/{MEMORY}/validations", {},
     {"verdict": "confirm"}),
    (lambda c: c.forget_memory({"ids": ["x"]}), "POST", "/v1/memory/forget", {}, {"ids": ["x"]}),
    (lambda c: c.undo_memory(CHANGE), "POST", f"/v1/memory/changes/{CHANGE}/undo", {}, None),
    (lambda c: c.memory_stats("p"), "GET", "/v1/memory/stats", {"project": "p"}, None),
    (lambda c: c.export_memory(9, "x"), "GET", "/v1/memory/export", {"limit": "9", "after": "x"}, None),
    (lambda c: c.import_memory({"entries": []}), "POST", "/v1/memory/import", {}, {"entries": []}),
    (lambda c: c.usage("day", "2026-01-01T00:00:00Z"), "GET", "/v1/usage",
     {"by": "day", "since": "2026-01-01T00:00:00Z"}, None),
    (lambda c: c.limits("anna"), "GET", "/v1/usage/limits", {"user": "anna"}, None),
    (lambda c: c.usage("model", None, "anna"), "GET", "/v1/usage", {"by": "model", "client": "anna"}, None),
    (lambda c: c.audit(kind="login", caller="anna", limit=9), "GET", "/v1/audit",
     {"kind": "login", "caller": "anna", "limit": "9"}, None),
    (lambda c: c.verify_audit(), "GET", "/v1/audit/verify", {}, None),
    (lambda c: c.logs(level="error", limit=9), "GET", "/v1/logs", {"level": "error", "limit": "9"}, None),
    (lambda c: c.receipt("0197a000", verify=True), "GET", "/v1/receipts/0197a000", {"verify": "true"}, None),
    (lambda c: c.settings(), "GET", "/v1/config", {}, None),
    (lambda c: c.setting("builtin.context"), "GET", "/v1/config/builtin.context", {}, None),
    (lambda c: c.settings_schema(), "GET", "/v1/config/schema", {}, None),
    (lambda c: c.check_settings(), "GET", "/v1/config/check", {}, None),
    (lambda c: c.change_setting("builtin.context", 1), "PUT", "/v1/config/builtin.context", {}, {"value": 1}),
    (lambda c: c.reset_setting("builtin.context"), "DELETE", "/v1/config/builtin.context", {}, None),
]  # fmt: skip

STREAMS: list[tuple[Callable[[DaemonClient], Any], str, Any]] = [
    (lambda c: c.pull({"model": MODEL}), "/v1/registry/pull", {"model": MODEL}),
    (lambda c: c.turn("new", {"input": "hi"}), "/v1/sessions/new/turns", {"input": "hi"}),
    (lambda c: c.turn(ID, {"input": "hi"}), f"/v1/sessions/{ID}/turns", {"input": "hi"}),
]


@pytest.mark.parametrize(("ask", "method", "path", "query", "body"), ROUTES)
def test_routes(
    fake_daemon: FakeDaemon,
    ask: Callable[[DaemonClient], Any],
    method: str,
    path: str,
    query: dict[str, str],
    body: Any,
) -> None:
    assert ask(DaemonClient.at(fake_daemon.socket)) == replies.CANNED[method, path]
    [asked] = fake_daemon.asked
    assert (asked.method, asked.path, asked.query, asked.body) == (method, path, query, body)


@pytest.mark.parametrize(("ask", "path", "body"), STREAMS)
def test_streams(fake_daemon: FakeDaemon, ask: Callable[[DaemonClient], Any], path: str, body: Any) -> None:
    with ask(DaemonClient.at(fake_daemon.socket)) as events:
        assert list(events) == replies.CANNED["POST", path]
    [asked] = fake_daemon.asked
    assert (asked.path, asked.body) == (path, body)


@pytest.mark.parametrize("name", ["../status", "a b", "x?limit=1", "ä", "%2e", "\udcff"])
def test_a_name_stays_in_its_place(fake_daemon: FakeDaemon, name: str) -> None:
    fake_daemon.answers("GET", "*", {})
    DaemonClient.at(fake_daemon.socket).session(name)
    assert fake_daemon.asked[0].path == f"/v1/sessions/{name.encode(errors='replace').decode()}"
    assert fake_daemon.asked[0].query == {}
