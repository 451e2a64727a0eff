"""What is shipped: the wheel holds the programs, the manual and the completions, and two builds are the same."""

import shutil
import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, tracked
from triforce_daemon.wire.constants import VERSION

DATA = f"triforce-{VERSION}.data"


def build(target: str, source: Path, folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    result = subprocess.run(command, cwd=source, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return next(folder.iterdir())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return zipfile.ZipFile(build("wheel", ROOT, tmp_path_factory.mktemp("wheel")))


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    return Parser().parsestr(wheel.read(f"triforce-{VERSION}.dist-info/METADATA").decode())


def test_the_wheel_holds_the_two_programs(wheel: zipfile.ZipFile) -> None:
    script = wheel.read(f"{DATA}/scripts/triforce").decode()
    assert script.startswith("#!python\n"), "pip writes its own interpreter into this line"
    assert (
        "triforced = triforce_daemon.__main__:main"
        in wheel.read(f"triforce-{VERSION}.dist-info/entry_points.txt").decode()
    )


def test_the_wheel_holds_every_module_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    shipped = {name for name in wheel.namelist() if name.startswith(("triforce_cli/", "triforce_daemon/"))}
    assert shipped == {path for path in tracked() if path.startswith(("triforce_cli/", "triforce_daemon/"))}


def test_the_wheel_holds_the_manual_and_the_completions(wheel: zipfile.ZipFile) -> None:
    share = {name.removeprefix(f"{DATA}/data/share/") for name in wheel.namelist() if name.startswith(f"{DATA}/data/")}
    assert share == {
        *(f"man/man1/{path.name}" for path in (ROOT / "man").iterdir()),
        "bash-completion/completions/triforce",
        "zsh/site-functions/_triforce",
        "fish/vendor_completions.d/triforce.fish",
    }


def test_the_metadata(metadata: Message) -> None:
    assert metadata["Version"] == VERSION
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    assert "## " in str(metadata.get_payload()), "the README is its text"


@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_two_builds_are_the_same(target: str, tmp_path: Path) -> None:
    """Built in two places, from files with other times and another umask."""
    one, another = tmp_path / "one", tmp_path / "another"
    for path in tracked():
        (one / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, one / path)
    # A copy keeps the modes and not the times.
    shutil.copytree(one, another, copy_function=shutil.copy)
    for path in another.rglob("*"):
        path.chmod(path.stat().st_mode | 0o022)
    built = [build(target, source, tmp_path / f"{source.name}-built") for source in (one, another)]
    assert built[0].read_bytes() == built[1].read_bytes()


def test_the_source_archive_builds_the_wheel(tmp_path: Path, wheel: zipfile.ZipFile) -> None:
    archive = build("sdist", ROOT, tmp_path / "sdist")
    subprocess.run(["tar", "-xzf", str(archive), "-C", str(tmp_path)], check=True)
    again = zipfile.ZipFile(build("wheel", tmp_path / f"triforce-{VERSION}", tmp_path / "wheel"))
    assert again.namelist() == wheel.namelist()
