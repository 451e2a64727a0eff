"""What is tested: which project a path lies in, and with which Python."""

import os
import sys
import venv

import pytest

from tests.triforce_daemon.hostile_repository import write
from triforce_daemon.errors import FileMissing, InvalidRequest
from triforce_daemon.services.project_tests.projects import Project, interpreter, project
from triforce_daemon.workspaces.beneath import Beneath
from triforce_daemon.workspaces.guard import Guard
from triforce_daemon.workspaces.room import Room, Root


def found(folder: str, *parts: str) -> Project:
    with Room.enter(Root("p", os.path.realpath(folder), write=False), Beneath(), Guard([], [])) as room:
        return project(room, parts)


def test_the_nearest_project_counts(folder: str) -> None:
    write(
        folder,
        {
            "pyproject.toml": "",
            "a/b/test_c.py": "",
            "web/package.json": '{"scripts": {"test": "vitest"}}',
            "web/x/y.js": "",
        },
    )
    assert found(folder, "a", "b") == Project((), ("a", "b"), False, None, True, None)
    one = found(folder, "a", "b", "test_c.py")
    assert (one.target, one.is_file) == ("a/b/test_c.py", True)
    web = found(folder, "web", "x", "y.js")
    assert (web.root, web.below, web.npm_script, web.python) == (("web",), ("x", "y.js"), "vitest", False)
    assert found(folder, "web").target is None
    with pytest.raises(FileMissing):
        found(folder, "gone")


def test_a_folder_that_is_no_project(folder: str) -> None:
    write(folder, {"a/test_b.py": ""})
    assert found(folder, "a") == Project(("a",), (), False, None, False, None)
    os.symlink("/etc", f"{folder}/a/.venv")
    write(folder, {"venv/pyvenv.cfg": ""})
    assert found(folder, "a").venv == ("venv",)


@pytest.mark.parametrize(
    ("text", "script"), [("{}", None), ('{"scripts": {"test": 1}}', None), ("[", ...), ("[1]", ...)]
)
def test_package_json(folder: str, text: str, script: object) -> None:
    write(folder, {"package.json": text})
    if script is not ...:
        assert found(folder).npm_script is script
        return
    with pytest.raises(InvalidRequest, match=r"package\.json"):
        found(folder)


def test_where_a_python_leads(folder: str) -> None:
    venv.create(f"{folder}/.venv", symlinks=True)
    python, shown = interpreter(f"{folder}/.venv")
    real = os.path.realpath(sys.executable)
    assert python == f"{folder}/.venv/bin/python"
    assert set(shown) <= {os.path.dirname(real), os.path.join(os.path.dirname(os.path.dirname(real)), "lib")}
    os.makedirs(f"{folder}/secrets/bin")
    write(folder, {"secrets/bin/python": "", "secrets/key": ""})
    for leads in (f"{folder}/secrets/bin/python", "/etc/passwd", "/nonexistent/bin/python"):
        os.unlink(python)
        os.symlink(leads, python)
        with pytest.raises(InvalidRequest, match="no Python"):
            interpreter(f"{folder}/.venv")
