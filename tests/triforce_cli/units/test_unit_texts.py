"""The units, as systemd itself reads and judges them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from triforce_cli.units import unit_texts
from triforce_daemon.__main__ import RESTART

pytestmark = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed (package systemd)"
)

#: In tenths, as systemd-analyze counts: 0 is a service that can do nothing, 100 one that can do everything.
MOST_EXPOSED = 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    # What it starts has to be there for systemd-analyze.
    program = shutil.which("true") or ""
    units = {
        "triforced.service": unit_texts.system_service(program),
        "triforced.socket": unit_texts.socket_unit(),
        "triforced-https.socket": unit_texts.https_socket_unit(),
        "user/triforced.service": unit_texts.user_service(program),
    }
    for name, text in units.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def analyze(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    # For a user's units it looks into the folder of his session.
    environ = {**os.environ, "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
    command = ["systemd-analyze", *words, "--no-pager"]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True)


@pytest.mark.parametrize("unit", ["triforced.service", "triforced.socket", "triforced-https.socket"])
def test_systemd_finds_nothing_wrong_with_them(folder: Path, unit: str) -> None:
    done = analyze(folder, "verify", "--man=no", f"./{unit}")
    # Of a key that it does not know it only complains.
    assert (done.returncode, done.stderr) == (0, "")


def test_nor_with_that_of_a_user(folder: Path) -> None:
    done = analyze(folder, "verify", "--man=no", "--user", "user/triforced.service")
    assert (done.returncode, done.stderr) == (0, "")


def test_it_would_say_so(folder: Path) -> None:
    unit = folder / "triforced.service"
    unit.write_text(unit.read_text().replace("ProtectHome=", "ProtectHomes="))
    assert "ProtectHomes" in analyze(folder, "verify", "--man=no", "./triforced.service").stderr


def test_the_machines_service_can_do_little(folder: Path) -> None:
    judge = ("security", "--offline=true", f"--threshold={MOST_EXPOSED}")
    done = analyze(folder, *judge, "./triforced.service")
    assert done.returncode == 0, done.stdout
    assert analyze(folder, *judge, "user/triforced.service").returncode == 1


def test_the_machines_socket_is_for_its_group_alone() -> None:
    told = unit_texts.socket_unit().splitlines()
    assert {"SocketUser=triforce", "SocketGroup=triforce", "SocketMode=0660"} <= set(told)


def test_the_kernel_can_tell_it_who_is_at_its_socket() -> None:
    """In a namespace of its own, everybody else would be nobody."""
    assert "PrivateUsers=no" in unit_texts.system_service("x").splitlines()


def test_it_is_started_anew_where_it_says_so() -> None:
    for text in (unit_texts.system_service("x"), unit_texts.user_service("x")):
        assert {f"RestartForceExitStatus={RESTART}", f"SuccessExitStatus={RESTART}"} <= set(text.splitlines())
