"""`triforce completion`, as the shells see it."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.triforce_cli.conftest import SCRIPT, Triforce

SHELLS = ["bash", "zsh", "fish"]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_accepts_its_script(triforce: Triforce, home: Path, shell: str) -> None:
    script = triforce("completion", shell).out
    assert "_TRIFORCE_COMPLETE" in script
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here")
    (home / "script").write_text(script)
    done = subprocess.run([shell, "-n", home / "script"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_zsh_finds_its_first_line(triforce: Triforce) -> None:
    assert triforce("completion", "zsh").out.startswith("#compdef triforce\n")


def test_bash_completes(triforce: Triforce, environ: Mapping[str, str], home: Path) -> None:
    (home / "script").write_text(triforce("completion", "bash").out)
    ask = f"""
        source {home}/script; COMP_WORDS=(triforce sess); COMP_CWORD=1
        _triforce_completion {SCRIPT}; echo "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "--norc", "-c", ask], capture_output=True, text=True, env=environ, check=True)
    assert done.stdout == "sessions\n"


@pytest.mark.parametrize(
    ("shell", "place"),
    [
        ("bash", ".local/share/bash-completion/completions/triforce"),
        ("zsh", ".zfunc/_triforce"),
        ("fish", ".config/fish/completions/triforce.fish"),
    ],
)
def test_install(triforce: Triforce, home: Path, shell: str, place: str) -> None:
    done = triforce("completion", "install", shell, "--json")
    assert json.loads(done.out)["path"] == str(home / place)
    assert (home / place).read_text() == triforce("completion", shell).out
    assert triforce("completion", "install", SHELL=f"/bin/{shell}").out == f"{home / place}\n"
    assert {path.name for path in home.iterdir()} <= {".local", ".zfunc", ".config"}, "no other file is touched"


def test_install_for_a_shell_that_nobody_named(triforce: Triforce) -> None:
    done = triforce("completion", "install", SHELL="/bin/dash")
    assert done.status == 2
    assert "triforce completion install bash" in done.err
