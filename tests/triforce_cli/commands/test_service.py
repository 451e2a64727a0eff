"""`triforce daemon install` and `uninstall`, with a systemctl that writes down what it was told."""

import json
from pathlib import Path

import pytest

from tests.triforce_cli.conftest import Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import STATUS

UNIT = ".config/systemd/user/triforced.service"
BEGUN = ["--user daemon-reload", "--user enable --now triforced.service"]


@pytest.fixture
def systemctl(home: Path, environ: dict[str, str]) -> Path:
    """What systemctl was told, a line each; the file `fails` makes it fail at what stands in that."""
    said, program = home / "said", home / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$*" >> {said}\n'
        f'if [ -e {home}/fails ] && [ "$2" = "$(cat {home}/fails)" ]; then echo "No medium found" >&2; exit 1; fi\n'
    )
    program.chmod(0o755)
    environ["PATH"] = f"{program.parent}:{environ['PATH']}"
    said.touch()
    return said


def told(systemctl: Path) -> list[str]:
    lines = systemctl.read_text().splitlines()
    systemctl.write_text("")
    return lines


def test_a_users_service_comes_and_goes(triforce: Triforce, home: Path, systemctl: Path) -> None:
    done = triforce("daemon", "install")
    assert (done.status, done.out) == (0, "")
    assert "loginctl enable-linger" in done.err
    assert "ExecStart=" in (home / UNIT).read_text()
    assert told(systemctl) == BEGUN
    again = json.loads(triforce("daemon", "install", "--json").out)
    assert [file["state"] for file in again["files"]] == ["unchanged"]
    assert told(systemctl) == BEGUN
    done = triforce("daemon", "uninstall")
    assert (done.status, done.err) == (0, "The service is gone; what it kept is still there.\n")
    assert not (home / UNIT).exists()
    assert told(systemctl) == ["--user disable --now triforced.service", "--user daemon-reload"]
    assert triforce("daemon", "uninstall").status == 5


def test_first_it_can_be_seen(triforce: Triforce, home: Path, systemctl: Path) -> None:
    done = triforce("daemon", "install", "--dry-run")
    assert done.status == 0
    assert {"Type=notify", "systemctl --user daemon-reload"} <= set(done.out.splitlines())
    assert not (home / UNIT).exists()
    reply = json.loads(triforce("daemon", "install", "--dry-run", "--json").out)
    assert (reply["scope"], reply["dry_run"], reply["files"][0]["state"]) == ("user", True, "new")
    assert told(systemctl) == []


def test_what_somebody_else_has_written_is_not_replaced_without_a_yes(
    triforce: Triforce, home: Path, systemctl: Path
) -> None:
    (home / UNIT).parent.mkdir(parents=True)
    (home / UNIT).write_text("[Service]\nExecStart=/bin/mine\n")
    done = triforce("daemon", "install")
    assert done.status == 6
    assert UNIT in done.err
    assert "mine" in (home / UNIT).read_text()
    assert triforce("daemon", "uninstall").status == 6
    assert told(systemctl) == []
    assert triforce("daemon", "install", "--yes").status == 0
    assert "mine" not in (home / UNIT).read_text()


def test_where_systemd_does_not_listen_it_says_how_to_go_on(triforce: Triforce, home: Path, systemctl: Path) -> None:
    (home / "fails").write_text("enable")
    done = triforce("daemon", "install")
    assert done.status == 1
    assert "The files are written" in done.err
    assert "No medium found" in done.err
    assert "systemctl --user enable --now triforced.service" in done.err


def test_without_systemd_nothing_is_written(triforce: Triforce, home: Path) -> None:
    done = triforce("daemon", "install", PATH=str(home))
    assert done.status == 1
    assert "systemctl was not found" in done.err
    assert not (home / UNIT).exists()


def test_the_machines_service_is_shown_to_everybody(triforce: Triforce, systemctl: Path) -> None:
    done = triforce("daemon", "install", "--system", "--dry-run", "--json")
    if done.status == 0:
        files = {Path(file["path"]).name for file in json.loads(done.out)["files"]}
        assert {"triforced.service", "triforced.socket", "triforced-https.socket"} <= files
    else:
        assert "homes are hidden" in done.err


def test_what_systemd_runs_is_restarted_by_it(fake_daemon: FakeDaemon, triforce: Triforce, systemctl: Path) -> None:
    fake_daemon.answers("GET", "/v1/status", {**STATUS, "daemon": {**STATUS["daemon"], "managed_by": "systemd"}})
    assert triforce("daemon", "restart").status == 0
    assert told(systemctl) == ["--user restart triforced.service"]
