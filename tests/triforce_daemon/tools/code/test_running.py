"""The tools that run code, through the daemon."""

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from tests.triforce_daemon.tools.test_files import call
from triforce_daemon.services.code_runs import CodeRuns


async def test_code_is_not_run_unless_it_is_allowed(served: ServedDaemon, folder: str) -> None:
    refused = await call(served, "code_exec", folder, code="print(1)")
    assert refused["error"]["code"] == "tool_unavailable" and "sandbox.enabled" in refused["error"]["hint"]


async def test_code_is_run_in_the_sandbox(folder: str) -> None:
    async with serve(folder, sandbox__enabled="true") as served:
        if (lack := served.parts.get(CodeRuns).missing()) is not None:
            pytest.skip(lack.reason)
        ran = (await call(served, "code_exec", folder, code="import os; print(6 * 7, os.listdir('/'))"))["value"]
        assert ran["exit_code"] == 0 and ran["stdout"].startswith("42 ") and "home" not in ran["stdout"]
        slow = (await call(served, "code_exec", folder, code="while :; do :; done", language="bash", timeout=1))[
            "value"
        ]
        assert slow["timed_out"] or slow["exit_code"] == 137
