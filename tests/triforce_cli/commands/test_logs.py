"""`triforce logs`, and the audit below it."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.triforce_cli.conftest import OnTerminal, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import AUDIT, AUDIT_CHAIN, AUDIT_CHECK, AUDIT_ITEM, LOGS, NOW

LINE = {"ts": "2026-03-01T12:00:01.000Z", "level": "warning", "unit": "routes.app", "msg": "slow", "model": "m"}


@pytest.fixture
def log(environ: Mapping[str, str]) -> Path:
    path = Path(environ["HOME"], ".local/state/triforce/triforced.log")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps({**LINE, "msg": f"slow {number}"}) + "\n" for number in range(60)))
    return path


def test_programs_get_the_last_lines_as_json(log: Path, triforce: Triforce, on_terminal: OnTerminal) -> None:
    lines = triforce("logs").out.splitlines()
    assert [json.loads(line)["msg"] for line in lines] == [f"slow {number}" for number in range(10, 60)]
    assert triforce("logs", "-n", "1", "--json").out == lines[-1] + "\n"
    assert triforce("logs", "-n", "1", "--fields", "msg").out == '{"msg": "slow 59"}\n'
    shown = on_terminal("logs", "-n", "1", environ={"NO_COLOR": "1", "TZ": "UTC"}).out
    assert shown == "2026-03-01 12:00:01.000 warning routes.app slow 59 model=m\n"


def test_lines_are_chosen(log: Path, triforce: Triforce) -> None:
    assert triforce("logs", "-p", "error").out == ""
    assert len(triforce("logs", "--grep", "slow 5[0-9]").out.splitlines()) == 10
    assert triforce("logs", "--since", "2026-03-02").out == ""
    wrong = triforce("logs", "--grep", "(")
    assert wrong.status == 2 and "no regular expression" in wrong.err


def test_where_there_is_no_log_is_said_where_it_may_be(triforce: Triforce) -> None:
    done = triforce("logs")
    assert done.status == 5 and "journalctl" in done.err


def test_the_log_of_the_setting_is_the_one(environ: Mapping[str, str], triforce: Triforce, tmp_path: Path) -> None:
    (tmp_path / "own.log").write_text(json.dumps(LINE) + "\n")
    assert triforce("logs", TRIFORCE_LOG_FILE=str(tmp_path / "own.log")).out == json.dumps(LINE) + "\n"


def test_the_audit_is_listed(fake_daemon: FakeDaemon, triforce: Triforce, on_terminal: OnTerminal) -> None:
    out = triforce("logs", "audit", "list", "--kind", "request", "--caller", "anna", "-n", "9").out
    assert out == f"{NOW}\trequest\tuser/anna\tfast -> groq/m: done\t\t{AUDIT_ITEM['request']}\n"
    assert fake_daemon.asked[-1].query == {"kind": "request", "caller": "anna", "limit": "9"}
    assert json.loads(triforce("logs", "audit", "list", "--json").out) == AUDIT
    assert on_terminal("logs", "audit", "list", environ={"NO_COLOR": "1"}).out.splitlines()[0].split()[:3] == [
        "WHEN",
        "KIND",
        "CALLER",
    ]


def test_an_audit_that_is_whole_is_0_and_one_that_is_not_is_1(
    fake_daemon: FakeDaemon, triforce: Triforce, on_terminal: OnTerminal
) -> None:
    done = triforce("logs", "audit", "verify")
    assert done.status == 0
    assert "7 rows, 1,200 pruned" in done.out and "row 1207" in done.out and AUDIT_CHAIN["key"] in done.out
    broken = {**AUDIT_CHAIN, "ok": False, "place": "row 3", "reason": "it was changed"}
    fake_daemon.answers("GET", "/v1/audit/verify", {**AUDIT_CHECK, "ok": False, "items": [broken]})
    done = triforce("logs", "audit", "verify")
    assert done.status == 1 and "row 3" in done.out and "it was changed" in done.out
    assert json.loads(triforce("logs", "audit", "verify", "--json").out)["ok"] is False


def test_a_daemon_that_runs_is_asked(
    fake_daemon: FakeDaemon, log: Path, triforce: Triforce, on_terminal: OnTerminal
) -> None:
    lines = [
        json.loads(one)
        for one in triforce("logs", "-n", "9", "--category", "api", "--since", "2026").out.split("\n")
        if one
    ]
    assert [one["msg"] for one in lines] == ["how far jobs are was not kept", "POST /v1/chat/completions"]
    assert lines[1]["status"] == 500 and "request_id" not in lines[0]
    query = fake_daemon.asked[-1].query
    assert (query["level"], query["category"], query["limit"]) == ("info", "api", "9")
    assert triforce("logs", "--grep", "disk is full", "--fields", "level").out == '{"level": "warning"}\n'
    shown = on_terminal("logs", "-n", "1", environ={"NO_COLOR": "1", "TZ": "UTC"}).out
    assert "POST /v1/chat/completions status=500" in shown


def test_the_file_that_the_daemon_names_is_searched_by_a_pattern(
    fake_daemon: FakeDaemon, triforce: Triforce, tmp_path: Path
) -> None:
    (tmp_path / "own.log").write_text(json.dumps(LINE) + "\n")
    fake_daemon.answers("GET", "/v1/logs", {**LOGS, "file": str(tmp_path / "own.log")})
    assert triforce("logs", "--grep", "sl.w").out == json.dumps(LINE) + "\n"


def test_what_goes_to_standard_error_cannot_be_followed_and_the_daemons_no_is_heard(
    fake_daemon: FakeDaemon, triforce: Triforce
) -> None:
    done = triforce("logs", "-f")
    assert done.status == 5 and "journalctl" in done.err
    fake_daemon.refuses("GET", "/v1/logs", 403, "forbidden")
    assert triforce("logs").status == 77
