"""What the daemon is asked for, and what it has already."""

from tests.triforce_cli.fake_daemon import FakeDaemon
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.imports.entry import Entry
from triforce_cli.imports.taking import compared, taken

ENTRIES = [
    Entry("user", "anna@x.test", "anna", "new", None, {"name": "anna", "tier": "pro"}),
    Entry("user", "otto@x.test", "otto", "new", None, {"name": "otto", "tier": "free"}),
    Entry("setting", "OLLAMA_HOST", "providers.ollama.base_url", "new", None, {"value": "http://a"}),
    Entry("secret", "JWT_SECRET", None, "left"),
]


def test_what_is_there_stays_and_a_refusal_keeps_nobody_else_out(fake_daemon: FakeDaemon) -> None:
    fake_daemon.answers("GET", "/v1/users", {"items": [{"name": "anna"}]})
    fake_daemon.answers("GET", "/v1/config/providers.ollama.base_url", {"value": ""})
    fake_daemon.refuses("POST", "/v1/users", 409, "conflict", "The name otto cannot be had.")
    fake_daemon.answers("PUT", "/v1/config/providers.ollama.base_url", {})
    daemon = DaemonClient.at(fake_daemon.socket, 5)
    found = compared(ENTRIES, daemon)
    assert [entry.state for entry in found] == ["there", "new", "new", "left"]
    done = list(taken(found, daemon))
    assert [entry.state for entry in done] == ["there", "failed", "new", "left"]
    assert "cannot be had" in str(done[1].note)
    assert [one.body for one in fake_daemon.asked if one.method == "PUT"] == [{"value": "http://a"}]
