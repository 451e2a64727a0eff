"""`triforce jobs`: looked at, waited for, ended."""

import json
from typing import Any

from tests.triforce_cli.conftest import OnTerminal, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import NOW

RUNNING: dict[str, Any] = {
    "id": "k7wq", "kind": "pull", "title": "Fetch llama3", "state": "running", "progress": 0.4, "doing": "layer 2",
    "owner": "me", "node": "desk", "created": NOW, "started": NOW, "finished": None, "schema": "triforce.jobs.show/1",
    "result": None, "error": None, "log": ["began"],
}  # fmt: skip
DONE = {**RUNNING, "state": "done", "progress": 1.0, "finished": NOW, "result": {"bytes": 5}}
FAILED = {
    **RUNNING,
    "state": "failed",
    "finished": NOW,
    "error": {"code": "internal_error", "message": "The daemon ended.", "hint": "Again.", "request_id": None},
}


def test_list(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    reply = {"schema": "triforce.jobs.list/1", "items": [RUNNING], "next": None}
    fake_daemon.answers("GET", "/v1/jobs", reply)
    assert triforce("jobs", "list", "-q").out == "k7wq\n"
    assert fake_daemon.asked[-1].query == {"limit": "20"}
    assert json.loads(triforce("jobs", "list", "--state", "running", "-n", "5", "--json").out) == reply
    assert fake_daemon.asked[-1].query == {"state": "running", "limit": "5"}


def test_a_list_in_a_terminal(fake_daemon: FakeDaemon, on_terminal: OnTerminal) -> None:
    fake_daemon.answers("GET", "/v1/jobs", {"schema": "triforce.jobs.list/1", "items": [RUNNING], "next": None})
    shown = on_terminal("jobs", "list").out
    assert "40%" in shown and "Fetch llama3" in shown


def test_show(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("GET", "/v1/jobs/k7", RUNNING)
    shown = triforce("jobs", "show", "k7").out
    assert "40%" in shown and "layer 2" in shown and "began" in shown


def test_wait_until_it_is_done(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("GET", "/v1/jobs/k7wq", RUNNING)
    fake_daemon.answers("GET", "/v1/jobs/k7wq", DONE)
    done = triforce("jobs", "wait", "k7wq")
    assert done.status == 0 and '{"bytes":5}' in done.out.replace(" ", "")
    assert "layer 2  40%" in done.err
    assert fake_daemon.asked[0].query == {"wait": "0.5"}


def test_wait_for_one_that_fails(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("GET", "/v1/jobs/k7wq", FAILED)
    failed = triforce("jobs", "wait", "k7wq")
    assert failed.status == 1 and "The daemon ended." in failed.out


def test_wait_only_so_long(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("GET", "/v1/jobs/k7wq", RUNNING, pause=0.1)
    waited = triforce("jobs", "wait", "k7wq", "--timeout", "300ms", "--json")
    assert waited.status == 124 and waited.out == ""
    assert json.loads(waited.err)["error"]["code"] == "timeout"


def test_progress_is_a_bar_in_a_terminal(fake_daemon: FakeDaemon, on_terminal: OnTerminal) -> None:
    fake_daemon.answers("GET", "/v1/jobs/k7wq", RUNNING, pause=0.2)
    fake_daemon.answers("GET", "/v1/jobs/k7wq", DONE)
    shown = on_terminal("jobs", "wait", "k7wq")
    assert shown.status == 0 and "layer 2  [" in shown.out and "#" in shown.out


def test_cancel(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("POST", "/v1/jobs/k7wq/cancel", {**RUNNING, "state": "cancelled"})
    done = triforce("jobs", "cancel", "k7wq")
    assert done.status == 0 and "Ended: k7wq is cancelled." in done.err
    fake_daemon.answers("POST", "/v1/jobs/other/cancel", RUNNING)
    assert "Asked to end" in triforce("jobs", "cancel", "other").err


def test_one_that_is_not_there(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.refuses("GET", "/v1/jobs/none", 404, "job_not_found")
    assert triforce("jobs", "show", "none").status == 5
