"""How frameworks are started; what comes from a caller stays one word."""

import subprocess
import sys
from pathlib import Path

import pytest

from triforce_daemon.services.project_tests import commands
from triforce_daemon.services.project_tests.reports import Report, read_junit

HOSTILE = '--junitxml=/x "$(touch canary)" \\'


def test_what_a_caller_says_is_no_option() -> None:
    argv = commands.pytest("/p", "--rootdir=x", HOSTILE).argv
    assert f"-k{HOSTILE}" in argv and argv[-1] == "./--rootdir=x"
    assert commands.unittest("/p", "/f", None, HOSTILE).argv[-1] == HOSTILE


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("vitest run", ["--run", "--reporter=junit", f"--testNamePattern={HOSTILE}"]),
        ("mocha --exit", ["--reporter=xunit", f"--grep={HOSTILE}"]),
        ("make test", []),
    ],
)
def test_npm(script: str, words: list[str]) -> None:
    command = commands.npm(script, "a.js", HOSTILE)
    assert set(words) <= set(command.argv) and command.argv[-1] == "./a.js" and "NODE_OPTIONS" not in command.environ


def test_node_is_told_by_its_environment() -> None:
    told = commands.npm("node --test", None, 'a "b" \\').environ["NODE_OPTIONS"]
    assert told.endswith('"--test-name-pattern=a \\"b\\" \\\\"') and "--test-reporter=junit" in told


TESTS = """
import unittest

class Sums(unittest.TestCase):
    def test_adds(self):
        print("said")
    def test_fails(self):
        self.assertEqual(1, 2, "not \\x01 the same")
    def test_breaks(self):
        raise KeyError("x")
    @unittest.skip("later")
    def test_later(self):
        pass
    @unittest.expectedFailure
    def test_expected(self):
        self.fail()
    @unittest.expectedFailure
    def test_unexpected(self):
        pass
    def test_parts(self):
        for n in (1, 2):
            with self.subTest(n=n):
                self.assertEqual(n, 1)
"""


def run(folder: str, *arguments: str) -> Report:
    report = Path(folder) / "report.xml"
    argv = [sys.executable, "-c", commands._UNITTEST, str(report), folder, *arguments]  # pyright: ignore[reportPrivateUsage]
    subprocess.run(argv, cwd="/", capture_output=True, check=False)
    return read_junit(report.read_bytes())


def test_unittest_writes_a_report(folder: str) -> None:
    place = Path(folder) / "package"
    place.mkdir()
    (place / "__init__.py").write_text("")
    (place / "test_sums.py").write_text(f"from package import test_other{TESTS}")
    (place / "test_other.py").write_text("nonsense(")
    report = run(str(place), "test*.py", "")
    assert (report.passed, report.failed, report.skipped) == (0, 2, 0), "neither file can be imported"
    (place / "test_other.py").write_text("")
    report = run(str(place), "test_sums.py", "")
    assert (report.passed, report.failed, report.skipped) == (2, 4, 1)
    by_name = {one.name.rpartition(".")[2]: one for one in report.failures}
    assert by_name["test_fails"].message == "AssertionError: 1 != 2 : not ? the same"
    assert {"test_breaks", "test_unexpected"} <= by_name.keys() and any("(n=2)" in name for name in by_name)
    report = run(str(place), "test_sums.py", "adds")
    assert (report.passed, report.failed) == (1, 0)
