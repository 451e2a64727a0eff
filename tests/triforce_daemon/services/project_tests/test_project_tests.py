"""Tests of projects, run in the sandbox: by which framework, with what result, and what they cannot do."""

import importlib.util
import os
import shutil
import venv

import pytest

from tests.triforce_daemon.hostile_repository import write
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.access.caller import Caller
from triforce_daemon.children.sandbox import Sandbox
from triforce_daemon.errors import InvalidRequest, ToolFailed
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.code_runs import CodeRuns
from triforce_daemon.services.files import Files, Place
from triforce_daemon.services.project_tests.project_tests import Asked, Finished, ProjectTests

ME = Caller(kind="owner", name="me", uid=os.getuid())
UNITTEST = """
import os, socket, unittest

class Confined(unittest.TestCase):
    def test_reads(self):
        with open("data.txt") as file:
            self.assertEqual(file.read(), "x")
    def test_writes_nothing(self):
        with self.assertRaises(OSError):
            open("made.txt", "w")
        open(os.environ["TMPDIR"] + "/made.txt", "w").close()
    def test_sees_no_network_and_no_secrets(self):
        self.assertEqual(os.listdir(HOME), ["project"])
        with self.assertRaises(OSError):
            socket.create_connection(("127.0.0.1", PORT), 1)
    def test_fails(self):
        self.assertIn("HOME", os.environ)
        self.assertEqual(os.environ.get("SECRET"), "not here")
"""


async def outcome(served: ServedDaemon, folder: str, path: str = ".", **asked: object) -> Finished:
    files, tasks = served.parts.get(Files), Tasks()
    sandbox = Sandbox(tasks, served.places.hidden)
    runs = CodeRuns(sandbox, enabled=True)
    await runs.prepare()
    tests = ProjectTests(files, runs, sandbox)
    if (lack := tests.missing()) is not None:
        pytest.skip(lack.reason)
    try:
        return await tests.run(Place(ME, path, f"{folder}/project"), Asked(**asked))  # type: ignore[arg-type]
    finally:
        await tasks.stop()


async def test_unittest_within_the_sandbox(served: ServedDaemon, folder: str) -> None:
    text = UNITTEST.replace("HOME)", f"{folder!r})").replace("PORT", str(served.http.port))
    write(f"{folder}/project", {"test_confined.py": text, "data.txt": "x"})
    write(folder, {"secret.txt": "secret"})
    done = await outcome(served, folder)
    assert done.report is not None and done.framework == "unittest"
    assert (done.report.passed, done.report.failed, done.ok) == (3, 1, False), done.report.failures
    assert "'not here'" in done.report.failures[0].message
    one = await outcome(served, folder, "test_confined.py", pattern="reads", framework="unittest")
    assert one.ok and one.report is not None and one.report.passed == 1
    assert sorted(os.listdir(f"{folder}/project")) == ["data.txt", "test_confined.py"]


async def test_pytest_of_the_projects_own(served: ServedDaemon, folder: str) -> None:
    tests = "import pytest\n\ndef test_a():\n    pass\n\ndef test_b():\n    assert 1 == 2\n"
    tests += "\n@pytest.mark.skip\ndef test_c(): ...\n"
    write(f"{folder}/project", {"pyproject.toml": "", "sub/test_x.py": tests})
    venv.create(f"{folder}/project/.venv", symlinks=True)
    (library,) = (f"{folder}/project/.venv/lib/{name}" for name in os.listdir(f"{folder}/project/.venv/lib"))
    for name in ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments"):
        spec = importlib.util.find_spec(name)
        assert spec is not None and spec.origin is not None
        shutil.copytree(os.path.dirname(spec.origin), f"{library}/site-packages/{name}")
        if name == "pytest":
            shutil.copy(os.path.join(os.path.dirname(spec.origin), "..", "py.py"), f"{library}/site-packages")
    done = await outcome(served, folder, "sub/test_x.py")
    assert done.framework == "pytest" and done.report is not None, done.ran.errors
    assert (done.report.passed, done.report.failed, done.report.skipped) == (1, 1, 1)
    (failure,) = done.report.failures
    assert (failure.name, failure.file, failure.line) == ("sub.test_x::test_b", "sub/test_x.py", 6)
    with pytest.raises(ToolFailed, match="pytest has written no report"):
        await outcome(served, folder, framework="pytest", pattern="((")


async def test_npm_and_what_tells_nothing(served: ServedDaemon, folder: str) -> None:
    with pytest.raises(InvalidRequest, match=r"package\.json"):
        write(f"{folder}/project", {"x": ""})
        await outcome(served, folder, framework="npm")
    if shutil.which("npm", path="/usr/local/bin:/usr/bin:/bin") is None:
        pytest.skip("there is no npm here")
    tests = (
        "const test = require('node:test');\ntest('adds', () => {});\ntest('fails', () => { throw new Error('no') });\n"
    )
    write(f"{folder}/project", {"package.json": '{"scripts": {"test": "node --test"}}', "a.test.js": tests})
    done = await outcome(served, folder)
    assert done.framework == "npm" and done.report is not None, done.ran.errors
    assert (done.report.passed, done.report.failed, done.ok) == (1, 1, False)
    write(f"{folder}/project", {"package.json": '{"scripts": {"test": "echo done"}}'})
    silent = await outcome(served, folder)
    assert (silent.report, silent.ok) == (None, True)


async def test_what_takes_too_long(served: ServedDaemon, folder: str) -> None:
    write(f"{folder}/project", {"test_slow.py": "import time\ntime.sleep(60)\n"})
    done = await outcome(served, folder, seconds=1, framework="unittest")
    assert (done.report, done.ran.ended, done.ok) == (None, "time", False)


async def test_it_is_off_until_it_is_allowed(folder: str) -> None:
    async with serve(folder) as served:
        tasks = Tasks()
        sandbox = Sandbox(tasks, served.places.hidden)
        lack = ProjectTests(served.parts.get(Files), CodeRuns(sandbox, enabled=False), sandbox).missing()
        assert lack is not None and "switched off" in lack.reason
        await tasks.stop()
