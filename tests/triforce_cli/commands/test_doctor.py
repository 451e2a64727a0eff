"""`triforce doctor`."""

import json

from tests.triforce_cli.conftest import OnTerminal, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import CHECKS
from triforce_cli.commands.doctor import page
from triforce_cli.output.paint import Paint
from triforce_daemon.wire.doctor import Check

CHECK: Check = CHECKS["items"][0]


def test_both_sides_are_examined(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("doctor", "--json")
    assert done.status == 0
    reply = json.loads(done.out)
    assert reply["schema"] == "triforce.doctor.list/1"
    names = [check["id"] for check in reply["items"]]
    assert names == [
        "python",
        "terminal",
        "folder.state",
        "folder.data",
        "folder.config",
        "socket",
        "daemon",
        "database",
    ]
    assert all(set(check) == set(CHECK) for check in reply["items"])


def test_one_failure_is_a_failure(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    bad = {**CHECK, "status": "fail", "summary": "It is\x1b broken.", "fix": "Mend it."}
    fake_daemon.answers("GET", "/v1/doctor", {**CHECKS, "items": [CHECK, bad]})
    done = triforce("doctor")
    assert done.status == 1
    assert done.out.endswith("ok    The database is whole.\nfail  It is␛ broken.\n      Mend it.\n")
    assert triforce("doctor", "--json").status == 1


def test_a_warning_is_no_failure(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("GET", "/v1/doctor", {**CHECKS, "items": [{**CHECK, "status": "warn"}]})
    assert triforce("doctor").status == 0


def test_without_a_daemon_its_program_is_asked(triforce: Triforce) -> None:
    done = triforce("doctor", "--json")
    checks = {check["id"]: check for check in json.loads(done.out)["items"]}
    assert checks["daemon"]["status"] == "ok"
    assert "config.valid" in checks
    assert done.status == 0


def test_offline_leaves_the_daemon_alone(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    names = triforce("doctor", "--offline", "-q").out.splitlines()
    assert "daemon" not in names and "config.valid" in names
    assert fake_daemon.asked == []


def test_colours_and_details() -> None:
    check: Check = {**CHECK, "details": "/usr/bin/python3"}
    assert page([check], Paint(True), verbose=False) == "\x1b[32mok  \x1b[0m  The database is whole."
    assert page([check], Paint(False), verbose=True).endswith("\n      /usr/bin/python3")


def test_on_a_terminal(fake_daemon: FakeDaemon, on_terminal: OnTerminal) -> None:
    assert "A terminal (xterm-256color)" in on_terminal("doctor", rows=50).out
