"""Settings that a tool changes, and those that it never does."""

from pathlib import Path

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.services.test_audit import audit, whole
from tests.triforce_daemon.tools.admin.test_changing import agreed
from tests.triforce_daemon.tools.admin.test_looking import value


def written(folder: str) -> str:
    path = Path(folder, "config.toml")
    return path.read_text() if path.exists() else ""


async def test_a_setting_is_tried_then_changed_with_a_yes(served: ServedDaemon, folder: str) -> None:
    change = {"key": "upstream.idle_seconds", "value": 30}
    tried = await value(served, "config_set", **change, dry_run=True)
    assert tried == {"key": "upstream.idle_seconds", "old": 60, "new": 30, "needs_restart": False}
    assert written(folder) == ""
    assert (await run(served, "config_set", **change))["error"]["code"] == "approval_needed"
    done = await agreed(served, "config_set", **change)
    assert done["value"] == tried and done["changes"] == ["set upstream.idle_seconds"]
    assert "idle_seconds = 30" in written(folder)
    (item,) = await audit(served, kind="change")
    assert item["what"] == "config.set upstream.idle_seconds value=30.0" and item["request"] == done["receipt"]
    assert await whole(served)
    later = await agreed(served, "config_set", key="builtin.context", value="2048")
    assert (later["value"]["old"], later["value"]["new"], later["value"]["needs_restart"]) == (4096, 2048, True)
    wrong = await run(served, "config_set", key="builtin.context", value="many", dry_run=True)
    assert wrong["error"]["code"] == "invalid_request"


async def test_what_holds_secrets_or_gives_rights_is_set_by_hand(served: ServedDaemon, folder: str) -> None:
    for key in (
        "redis.url",
        "database.password_file",
        "sandbox.enabled",
        "workspaces.x.folder",
        "local_users.a.account",
    ):
        refused = await run(served, "config_set", key=key, value="x", dry_run=True)
        assert refused["error"]["code"] == "forbidden" and f"triforce config set {key}" in refused["error"]["hint"], key
        assert (await agreed(served, "config_set", key=key, value="x"))["error"]["code"] == "forbidden", key
    assert written(folder) == ""
