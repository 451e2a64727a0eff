"""What the texts promise, done as they say it: the examples that can be run are run, and a clone makes its demo."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.end_to_end.processes import running, triforce
from triforce_daemon.wire.constants import VERSION

BESIDE_PYTHON = os.path.dirname(sys.executable)


@pytest.fixture(scope="module")
def person(model_file: str) -> Iterator[dict[str, str]]:
    """Somebody whose daemon runs, with `triforce` and `python` on the path."""
    with tempfile.TemporaryDirectory(prefix="tf-") as folder:
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("TRIFORCE_", "XDG_"))}
        environ |= {"HOME": folder, "PATH": f"{BESIDE_PYTHON}:{environ['PATH']}", "TRIFORCE_BUILTIN_MODEL": model_file}
        with running(environ):
            yield environ


def blocks(path: str, kind: str) -> list[str]:
    """The fenced blocks of a text that are written in `kind`."""
    text = (ROOT / path).read_text("utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def shell(script: str, environ: dict[str, str]) -> str:
    """What a script prints; it must succeed, every command of it."""
    ended = subprocess.run(["bash", "-euo", "pipefail", "-c", script], env=environ, capture_output=True, timeout=60)
    assert ended.returncode == 0, ended.stderr.decode()
    return ended.stdout.decode()


@pytest.mark.model
def test_the_openai_client_of_the_api_page(person: dict[str, str]) -> None:
    (program,) = blocks("docs/api/README.md", "python")
    shown = subprocess.run([sys.executable, "-c", program], env=person, capture_output=True, text=True, timeout=60)
    assert shown.returncode == 0, shown.stderr
    assert len(shown.stdout.split()) > 3


@pytest.mark.model
@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="curl or jq is not installed")
def test_the_shell_of_the_api_page(person: dict[str, str]) -> None:
    shown = shell("\n".join(blocks("docs/api/README.md", "sh")), person)
    assert '"object":"list"' in shown
    events = [json.loads(data) for data in re.findall(r"data: (\{.*\})$", shown, re.MULTILINE)]
    assert [events[0]["type"], events[-1]["type"]] == ["session.started", "done"]


@pytest.mark.model
def test_an_answer_that_fits_a_schema(person: dict[str, str]) -> None:
    (script,) = (block for block in blocks("docs/chat.md", "sh") if "--schema" in block)
    assert set(json.loads(shell(script, person))) == {"city"}


@pytest.mark.model
def test_the_first_steps(person: dict[str, str]) -> None:
    """Those of the README that ask nobody back, in their order; the answers are cut short."""
    (steps,) = (block for block in blocks("README.md", "sh") if "triforce doctor" in block)
    lines = [line for line in steps.splitlines() if not line.startswith(("triforce chat   ", "git diff"))]
    shown = shell("\n".join(lines).replace("triforce chat", "triforce chat --max-tokens 30"), person)
    assert "builtin/" in shown
    assert "sky" in triforce(person, "sessions", "list", "--json").stdout.decode()


@pytest.mark.model
def test_stopping_it(person: dict[str, str]) -> None:
    """The last of them: no daemon is left for another."""
    assert triforce(person, "daemon", "stop").returncode == 0
    assert triforce(person, "daemon", "status").returncode == 3


def test_the_wheel_brings_both_programs(tmp_path: Path, home: dict[str, str]) -> None:
    """Built, installed by pip, run: with the packages of this environment behind it."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    (wheel,) = (tmp_path / "dist").iterdir()
    target = ["--python", str(tmp_path / "venv/bin/python"), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", *target], check=True, capture_output=True)
    where = {**home, "PYTHONPATH": next(path for path in sys.path if path.endswith("site-packages"))}
    program = str(tmp_path / "venv/bin/triforce")
    assert Path(program).read_text().startswith(f"#!{tmp_path}/venv/bin/python")
    assert (
        subprocess.run([program, "--version"], env=where, capture_output=True, text=True).stdout
        == f"triforce {VERSION}\n"
    )
    assert subprocess.run([program + "d", "--version"], env=where, capture_output=True, text=True).returncode == 0
    assert subprocess.run([program, "status"], env=where, capture_output=True).returncode == 69
    assert (tmp_path / "venv/share/man/man1/triforce.1").exists()


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_clone_makes_its_demo(tmp_path: Path, home: dict[str, str], in_full: bool) -> None:
    """In a fresh clone with an empty home. In short: whether `make` knows what to do, without doing it."""
    source = ROOT.as_uri()
    subprocess.run(["git", "-c", "safe.directory=*", "clone", "--quiet", source, str(tmp_path / "clone")], check=True)
    command = ["make", "demo"] if in_full else ["make", "--dry-run", "demo", "test"]
    ended = subprocess.run(command, cwd=tmp_path / "clone", env=home, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert "triforce demo" in ended.stdout if not in_full else "That was it." in ended.stdout
