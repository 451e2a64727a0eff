"""Which files are written where, and what the program's name becomes in them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from triforce_cli.errors import Failed, NoPermission
from triforce_cli.units.installation import of_system, of_user, quoted, write
from triforce_daemon.__main__ import parser


def test_a_users_service_is_where_systemd_looks_for_it(tmp_path: Path) -> None:
    at_home = of_user({"HOME": str(tmp_path)}, "/usr/bin/python3")
    assert [file.path for file in at_home.files] == [f"{tmp_path}/.config/systemd/user/triforced.service"]
    moved = of_user({"HOME": "/h", "XDG_CONFIG_HOME": str(tmp_path)}, "/usr/bin/python3")
    assert moved.files[0].path == f"{tmp_path}/systemd/user/triforced.service"


def test_what_is_there_is_compared_before_it_is_written(tmp_path: Path) -> None:
    plan = of_user({"HOME": str(tmp_path)}, "/usr/bin/python3")
    [unit] = plan.files
    assert (unit.state, unit.is_ours) == ("new", False)
    write(plan)
    assert (unit.state, unit.is_ours) == ("unchanged", True)
    assert os.stat(unit.path).st_mode & 0o777 == 0o644
    Path(unit.path).write_text("[Service]\nExecStart=/bin/mine\n")
    assert (unit.state, unit.is_ours) == ("changed", False)


def test_the_machines_are_five_files(tmp_path: Path) -> None:
    plan = of_system("/opt/triforce/bin/python", str(tmp_path))
    if os.geteuid() == 0:
        write(plan)
        assert {file.state for file in plan.files} == {"unchanged"}
    assert sorted(file.path.removeprefix(f"{tmp_path}/etc/") for file in plan.files) == [
        "systemd/system/triforced-https.socket",
        "systemd/system/triforced.service",
        "systemd/system/triforced.socket",
        "sysusers.d/triforce.conf",
        "tmpfiles.d/triforce.conf",
    ]


def test_they_are_roots_to_write(tmp_path: Path, unprivileged: None) -> None:
    plan = of_system("/opt/triforce/bin/python", str(tmp_path))
    with pytest.raises(NoPermission):
        write(plan)


@pytest.mark.parametrize("word", ['/a"b', "/a'b", "/a\\b"])
def test_one_that_no_unit_can_hold_is_refused(word: str) -> None:
    with pytest.raises(Failed, match="no program of that name"):
        quoted(word)


@pytest.mark.parametrize("python", ["/home/anna/venv/bin/python", os.path.expanduser("~root/x/bin/python")])
def test_a_program_that_the_service_could_not_see_is_refused(python: str) -> None:
    with pytest.raises(Failed, match="hidden"):
        of_system(python)


@pytest.mark.parametrize("plan", [of_user({"HOME": "/h"}, "/py"), of_system("/py")])
def test_the_daemon_takes_its_words(plan) -> None:
    [line] = [line for file in plan.files for line in file.text.splitlines() if line.startswith("ExecStart=")]
    words = line.removeprefix("ExecStart=").split()
    assert words[:4] == ["/py", "-P", "-m", "triforce_daemon"]
    assert parser().parse_args(words[4:]).managed_by == "systemd"


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("/opt/triforce/bin/python3.11", "/opt/triforce/bin/python3.11"),
        ("/my tools/python", '"/my tools/python"'),
        ("/100%/$x", "/100%%/$x"),
    ],
)
def test_a_path_is_written_as_units_want_it(word: str, written: str) -> None:
    assert quoted(word) == written


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed (package systemd)")
def test_systemd_reads_a_path_with_everything_in_it(tmp_path: Path) -> None:
    odd = tmp_path / "my tools 100% $HOME"
    odd.mkdir()
    (odd / "python").symlink_to("/bin/true")
    unit = tmp_path / "odd.service"
    unit.write_text(f"[Service]\nExecStart={quoted(str(odd / 'python'))}\n")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
