"""What is derived from the program is fresh, and the programs that read it take it without a complaint."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest

from docs.generator.files import stale
from docs.regenerate import generated
from tests.architecture.source import ROOT

MANUAL = sorted((ROOT / "man").glob("*.1"))


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not installed")


def run(*command: str, **environment: str) -> str:
    """Standard output and error of a command that must succeed."""
    where = os.environ | {"LC_ALL": "C.UTF-8", **environment}
    result = subprocess.run(command, capture_output=True, text=True, env=where)
    assert result.returncode == 0, result.stderr
    return result.stdout + result.stderr


def test_generated_files_are_fresh() -> None:
    assert stale(ROOT, generated()) == [], "run `make docs`"


@pytest.mark.parametrize("setting", [{"COLUMNS": "40"}, {"TERMINAL_WIDTH": "500"}, {"NO_COLOR": "1"}, {"LC_ALL": "C"}])
def test_the_terminal_does_not_matter(setting: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    assert stale(ROOT, generated()) == []


@needs("man")
@pytest.mark.parametrize("page", MANUAL, ids=lambda page: page.name)
def test_man_has_no_warnings(page: Path) -> None:
    shown = run("man", "--warnings=all", "--local-file", str(page), MANWIDTH="80", MAN_KEEP_FORMATTING="", PAGER="cat")
    assert "warning" not in shown
    assert page.stem.upper() in shown


def test_there_are_pages() -> None:
    assert {"triforce.1", "triforced.1", "triforce-chat.1"} <= {page.name for page in MANUAL}


def test_bash_sources_the_completion() -> None:
    script = ROOT / "completions/triforce.bash"
    shown = run("bash", "--norc", "-ec", f"source '{script}'; complete -p triforce")
    assert "triforce" in shown


def test_compdef_is_the_first_line() -> None:
    """zsh looks nowhere else."""
    assert (ROOT / "completions/_triforce").read_text("utf-8").startswith("#compdef triforce\n")


@needs("zsh")
def test_zsh_registers_the_completion(tmp_path: Path) -> None:
    folder, dump = ROOT / "completions", tmp_path / "dump"
    script = f"fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -d {dump}; print -r -- $_comps[triforce]"
    assert run("zsh", "--no-rcs", "-c", script, HOME=str(tmp_path)).strip() == "_triforce"


@needs("fish")
def test_fish_reads_the_completion(tmp_path: Path) -> None:
    script = f"source '{ROOT / 'completions/triforce.fish'}'; complete --command triforce"
    assert "triforce" in run("fish", "--no-config", "-c", script, HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path))


SHELLS = {
    "bash": (["--norc", "-i"], "source {completions}/triforce.bash"),
    "zsh": (["-f", "-i"], "fpath=({completions} $fpath); autoload -Uz compinit; compinit -u -d {dump}"),
}


@pytest.mark.parametrize("shell", [pytest.param(name, marks=needs(name)) for name in SHELLS])
def test_the_first_tab_completes(shell: str, tmp_path: Path) -> None:
    """As typed into a terminal; for zsh, the first Tab is also what loads the file."""
    options, setup = SHELLS[shell]
    where = f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"
    environ = os.environ | {"PATH": where, "HOME": str(tmp_path), "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    typing: Any = pexpect.spawn(shell, options, env=environ, encoding="utf-8", timeout=30)  # pyright: ignore
    typing.sendline(setup.format(completions=ROOT / "completions", dump=tmp_path / "dump") + "; echo rea''dy")
    typing.expect("ready")
    typing.send("triforce sess\t")
    typing.expect("triforce sessions")
    typing.close(force=True)
