"""What is tested: the project that a path lies in, what it is written in, and the Python that it brings along."""

import os
from dataclasses import dataclass
from glob import escape, glob

import orjson

from triforce_daemon.errors import FileMissing, InvalidRequest, PathRefused
from triforce_daemon.workspaces.relative import Parts, text_of
from triforce_daemon.workspaces.room import Room

#: Where one of these lies, a project begins.
_PYTHON = ("pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg", "setup.py")
_NPM = "package.json"
_VENVS = (".venv", "venv")
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Project:
    """`root` is the way to its folder from the workspace's root on, `below` from there to what is to be tested."""

    root: Parts
    below: Parts
    is_file: bool
    """What is below."""
    npm_script: str | None
    """What `npm test` runs."""
    python: bool
    """Whether it says of itself that it is written in Python."""
    venv: Parts | None

    @property
    def target(self) -> str | None:
        return text_of(self.below) if self.below else None


def project(room: Room, parts: Parts) -> Project:
    """The nearest project above a path, else the folder itself. Raises PathRefused, FileMissing, InvalidRequest."""
    is_file = room.kind(parts) != "folder"
    folder = parts[:-1] if is_file else parts
    folders = [folder[:depth] for depth in range(len(folder), -1, -1)]
    root = next((one for one in folders if any(_there(room, (*one, name)) for name in (*_PYTHON, _NPM))), folder)
    venvs = ((*one, name) for one in folders for name in _VENVS)
    return Project(
        root=root,
        below=parts[len(root) :],
        is_file=is_file,
        npm_script=_npm_script(room, (*root, _NPM)),
        python=any(_there(room, (*root, name)) for name in _PYTHON),
        venv=next((one for one in venvs if _there(room, (*one, "pyvenv.cfg"))), None),
    )


def _there(room: Room, parts: Parts) -> bool:
    try:
        return room.kind(parts) == "file"
    except (FileMissing, PathRefused):
        return False


def _npm_script(room: Room, parts: Parts) -> str | None:
    if not _there(room, parts):
        return None
    try:
        told = orjson.loads(room.read(parts, 0, _MOST_BYTES).data)
        script = told.get("scripts", {}).get("test")
    except (orjson.JSONDecodeError, AttributeError):
        raise InvalidRequest(f"{text_of(parts)} cannot be read.", "code_lint says where it is wrong.") from None
    return script if isinstance(script, str) else None


def interpreter(venv: str) -> tuple[str, tuple[str, ...]]:
    """The Python of a virtual environment at a real path, and what has to be seen besides for it to run.

    Where it leads is somebody else's word: it has to be Python, and only its programs and its library are shown.
    Raises InvalidRequest.
    """
    python = os.path.join(venv, "bin", "python")
    real = os.path.realpath(python)
    prefix = os.path.dirname(os.path.dirname(real))
    library = glob(os.path.join(escape(prefix), "lib", "python3.*", "os.py"))
    if not os.path.basename(real).startswith("python") or not os.path.isfile(real) or not library:
        raise InvalidRequest(f"The virtual environment {venv} has no Python that is there.", "Make it anew.")
    shown = os.path.dirname(real), os.path.join(prefix, "lib")
    return python, () if prefix == "/usr" else shown
