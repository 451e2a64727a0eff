"""Mounted tools in the catalog: the gate that they have, and why they cannot be called."""

from typing import Any

import pytest

from tests.triforce_daemon.services.mcp_servers.test_mounted_tool import row, said
from tests.triforce_daemon.toolbox.bench import token, user
from triforce_daemon.mcp_server_settings import McpServer
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.mcp_servers.entries import entries
from triforce_daemon.services.mcp_servers.mounted_server import MountedServer
from triforce_daemon.services.mcp_servers.mounted_tool import compared
from triforce_daemon.toolbox.admission import may, refusal
from triforce_daemon.toolbox.entry import Entry


def server(*tools: dict[str, Any], **settings: Any) -> MountedServer:
    made = MountedServer(
        *("s", McpServer(command="x", **settings), None, Clock()),  # type: ignore[arg-type]
        *(None, lambda: None, lambda: None, Tasks()),  # type: ignore[arg-type]
    )
    made.tools = compared("s", (), tools, {"a": row("a"), "gone": row("gone")})
    return made


def entry(annotations: dict[str, Any] | None = None, **settings: Any) -> Entry:
    made = server(said("a"), **settings)
    item = said("a") | ({"annotations": annotations} if annotations else {})
    accepted = compared("s", (), [item], {})[0]
    made.tools = compared("s", (), [item], {"a": {**row("a"), "digest": accepted.digest}})  # type: ignore[typeddict-item, dict-item]
    return entries(made, "s")[0]


@pytest.mark.parametrize(
    ("annotations", "effect", "approvals"),
    [
        (None, "destroy", {"changes": True, "always": True, "never": False}),
        ({"destructiveHint": False}, "write", {"changes": True, "always": True, "never": False}),
        ({"readOnlyHint": True}, "read", {"changes": False, "always": True, "never": False}),
        ({"readOnlyHint": 1}, "destroy", {"changes": True, "always": True, "never": False}),
    ],
)
def test_what_does_not_say_that_it_only_reads_has_to_be_agreed_to(
    annotations: dict[str, Any] | None, effect: str, approvals: dict[str, bool]
) -> None:
    assert entry(annotations).declared.effect == effect
    assert {when: entry(annotations, approval=when).declared.approval for when in approvals} == approvals


def test_it_needs_a_scope_of_its_own_and_a_tier() -> None:
    made = entry({"readOnlyHint": True}, tier="pro")
    assert (made.name, made.category, made.server) == ("s__a", "s", "s")
    assert not may(token("t", "tools", "tools:write", "tools:exec", "agents", "admin"), made)
    assert may(token("t", "tools:mounted"), made)
    assert may(user("anna", "pro", "tools:mounted"), made)
    refused = refusal(user("anna", "free", "tools:mounted"), made)
    assert refused is not None and refused.code == "tier_too_low"


def test_why_it_cannot_be_called() -> None:
    made = server(said("a", "Other."), said("new"))
    changed, gone = entries(made, "s")
    assert (changed.name, changed.title, gone.name) == ("s__a", "Do it.", "s__gone"), "in the words that were accepted"
    for one, why in ((changed, "not what was accepted"), (gone, "has it no more"), (entry(), "is starting")):
        lack = one.missing()
        assert lack is not None and why in lack.reason
