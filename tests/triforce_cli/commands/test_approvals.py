"""`triforce approvals`: what waits for an answer, and the answer."""

import json
from typing import Any

from tests.triforce_cli.conftest import Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import NOW

ASKED: dict[str, Any] = {
    "id": "k7wq", "tool": "burn", "asker": "token/bot", "arguments": '{"title":"emma"}', "args_digest": "00",
    "state": "pending", "asked_at": NOW, "expires_at": NOW, "answered_at": None, "answered_by": None, "until": None,
}  # fmt: skip
GRANTED = {**ASKED, "state": "granted", "answered_at": NOW, "answered_by": "owner", "until": NOW}


def test_list(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    reply = {"schema": "triforce.approvals.list/1", "items": [ASKED], "next": None}
    fake_daemon.answers("GET", "/v1/approvals", reply)
    assert triforce("approvals", "list", "-q").out == "k7wq\n"
    assert fake_daemon.asked[-1].query == {"state": "pending"}
    assert json.loads(triforce("approvals", "list", "--all", "--json").out) == reply
    assert fake_daemon.asked[-1].query == {}


def test_show(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("GET", "/v1/approvals/k7wq", GRANTED)
    shown = triforce("approvals", "show", "k7wq").out
    assert '{"title":"emma"}' in shown and "by owner" in shown and "stands until" in shown


def test_grant_asks_and_then_answers(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("GET", "/v1/approvals/k7", ASKED)
    fake_daemon.answers("POST", "/v1/approvals/k7wq", GRANTED)
    refused = triforce("approvals", "grant", "k7")
    assert refused.status == 6 and 'burn with {"title":"emma"}' in refused.err
    done = triforce("approvals", "grant", "k7", "--yes", "--for", "1h")
    assert done.status == 0 and "all its calls" in done.err
    body = fake_daemon.asked[-1].body
    assert body["verdict"] == "granted" and body["until"].startswith("20")


def test_deny_and_revoke(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("POST", "/v1/approvals/k7wq", {**ASKED, "state": "denied"})
    assert triforce("approvals", "deny", "k7wq").err == "Refused k7wq.\n"
    assert fake_daemon.asked[-1].body == {"verdict": "denied"}
    fake_daemon.answers("DELETE", "/v1/approvals/k7wq", {**ASKED, "state": "revoked"})
    assert triforce("approvals", "revoke", "k7wq").err == "Took back k7wq.\n"


def test_watch_ends_with_the_answer(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("GET", "/v1/approvals/k7wq", ASKED)
    assert triforce("approvals", "watch", "k7wq", "--for", "5").status == 6
    assert fake_daemon.asked[-1].query == {"wait": "5.0"}
    fake_daemon.answers("GET", "/v1/approvals/k7wq", GRANTED)
    triforce("approvals", "watch", "k7wq")
    assert triforce("approvals", "watch", "k7wq").status == 0


def test_watch_waits_for_a_daemon_that_goes_away_too(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.refuses("GET", "/v1/approvals/k7wq", 503, "draining", "It ends.")
    fake_daemon.answers("GET", "/v1/approvals/k7wq", ASKED)
    fake_daemon.answers("GET", "/v1/approvals/k7wq", GRANTED)
    watched = triforce("approvals", "watch", "k7wq", "--for", "20")
    assert watched.status == 0
    assert watched.err == "The daemon went away. Waiting until it is back.\nThe daemon is back.\n"
    waits = [float(one.query["wait"]) for one in fake_daemon.asked if "wait" in one.query]
    assert waits[:2] == [20, 0]
    assert 15 < waits[2] < 20


def test_watch_waits_no_longer_than_it_was_told_to(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.refuses("GET", "/v1/approvals/k7wq", 503, "draining", "It ends.")
    watched = triforce("approvals", "watch", "k7wq", "--for", "0")
    assert watched.status == 69
    assert "It ends." in watched.err
