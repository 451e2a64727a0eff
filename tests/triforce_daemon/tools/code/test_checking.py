"""The tools that check code, through the daemon."""

import os

import pytest

from tests.triforce_daemon.hostile_repository import write
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from tests.triforce_daemon.tools.test_files import call
from triforce_daemon.services.code_runs import CodeRuns


async def test_code_is_checked_and_not_run(served: ServedDaemon, folder: str) -> None:
    here = os.path.join(folder, "project")
    os.mkdir(here)
    with open(f"{here}/a.yml", "w") as file:
        file.write("a: 1\na: 2\n")
    canary = f"import os\nos.mkdir({here + '/canary'!r})\nprint(x)\nimport re\n"
    linted = (await call(served, "code_lint", here, code=canary))["value"]
    assert [(one["line"], one["rule"], one["severity"]) for one in linted["issues"]] == [
        (3, "undefined-name", "error"),
        (4, "unused-import", "warning"),
    ]
    assert (linted["language"], linted["ok"], os.listdir(here)) == ("python", False, ["a.yml"])
    only = (await call(served, "code_lint", here, code=canary, checks=["unused-import"]))["value"]
    assert (len(only["issues"]), only["ok"]) == (1, True)
    (twice,) = (await call(served, "code_lint", here, path="a.yml"))["value"]["issues"]
    assert (twice["line"], twice["rule"]) == (2, "duplicate-key")
    for wrong in ({}, {"path": "a.yml", "code": "x"}, {"code": "x", "checks": ["nonsense"]}):
        assert (await call(served, "code_lint", here, **wrong))["error"]["code"] == "invalid_arguments"
    assert (await call(served, "code_lint", here, path="/etc/hosts"))["error"]["code"] == "path_refused"


async def test_tests_are_run(folder: str) -> None:
    write(
        f"{folder}/project",
        {"test_a.py": "import unittest\nclass A(unittest.TestCase):\n  def test_b(self):\n    self.fail('no')\n"},
    )
    async with serve(folder, sandbox__enabled="true") as served:
        if (lack := served.parts.get(CodeRuns).missing()) is not None:
            pytest.skip(lack.reason)
        done = (await call(served, "run_tests", f"{folder}/project", framework="unittest"))["value"]
        assert (done["passed"], done["failed"], done["skipped"], done["ok"], done["ended"]) == (0, 1, 0, False, "exit")
        assert done["failures"][0]["message"] == "AssertionError: no" and "FAILED" in done["output"]


async def test_tests_are_not_run_unless_it_is_allowed(served: ServedDaemon, folder: str) -> None:
    refused = await call(served, "run_tests", folder)
    assert refused["error"]["code"] == "tool_unavailable" and "sandbox.enabled" in refused["error"]["hint"]
