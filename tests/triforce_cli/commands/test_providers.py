"""`triforce providers`: how each is, whether it answers, and switching it on and off."""

import json
from typing import Any

import pytest

from tests.triforce_cli import replies
from tests.triforce_cli.commands.test_suggestions import offered
from tests.triforce_cli.conftest import OnTerminal, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import NOW
from triforce_cli.commands.providers import page
from triforce_cli.output.paint import Paint
from triforce_daemon.wire.models import Evidence
from triforce_daemon.wire.providers import (
    Provider,
    ProviderDetail,
    ProviderLimitsList,
    ProviderList,
    ProviderSwitched,
    ProviderTestList,
    RateLimit,
)

PLAIN = Paint(False)
LIMIT: RateLimit = {"name": "requests", "limit": 1_000, "remaining": 998, "resets_at": NOW}
EVIDENCE: Evidence = {"status": 200, "at": NOW, "until": None, "date": None}
GROQ: Provider = {
    "name": "groq", "title": "Groq", "state": "ok", "reason": None, "fix": None, "since": NOW, "evidence": EVIDENCE,
    "enabled": True, "models": 23, "latency_ms": 212.4, "limits": [LIMIT], "dialect": "openai_chat",
    "key": {"present": True, "needed": True, "store": "vault", "environment": ["GROQ_API_KEY"]},
    "base_url": "https://api.groq.com/openai/v1", "boundary": "any", "warning": None,
}  # fmt: skip
BOX: Provider = {
    **GROQ, "name": "box", "title": "box", "state": "no-key", "reason": "There is no key.", "fix": "Set one.",
    "since": None, "models": 0, "latency_ms": None, "limits": [], "boundary": "machine", "warning": "It is open.",
    "key": {"present": False, "needed": True, "store": None, "environment": []},
}  # fmt: skip
LIST: ProviderList = {"schema": "triforce.providers.list/1", "items": [GROQ, BOX], "next": None}
SHOWN: ProviderDetail = {**GROQ, "schema": "triforce.providers.show/1"}
SWITCHED: ProviderSwitched = {**SHOWN, "schema": "triforce.providers.switch/1", "restart": False, "overruled": None}
GOOD: dict[str, Any] = {
    "name": "groq", "model": None, "ok": True, "state": "ok", "status": 200, "latency_ms": 81.5, "error": None,
    "fix": None,
}  # fmt: skip
BAD = {**GOOD, "name": "box", "ok": False, "state": "key-rejected", "status": 401, "error": "No.", "fix": "Set one."}
TESTS: ProviderTestList = {"schema": "triforce.providers.test/1", "items": [GOOD], "next": None}  # type: ignore[list-item]
LIMITS: ProviderLimitsList = {
    "schema": "triforce.providers.limits/1", "next": None,
    "items": [{"provider": "groq", "key": "work", "at": NOW, "limits": [LIMIT, {**LIMIT, "name": "tokens"}]}],
}  # fmt: skip


@pytest.fixture
def daemon(fake_daemon: FakeDaemon, monkeypatch: pytest.MonkeyPatch) -> FakeDaemon:
    canned = {
        ("GET", "/v1/providers"): LIST,
        ("GET", "/v1/providers/groq"): SHOWN,
        ("PATCH", "/v1/providers/groq"): SWITCHED,
        ("POST", "/v1/providers/test"): TESTS,
        ("GET", "/v1/providers/limits"): LIMITS,
    }
    for route, reply in canned.items():
        monkeypatch.setitem(replies.CANNED, route, reply)
    return fake_daemon


def test_list(daemon: FakeDaemon, triforce: Triforce, on_terminal: OnTerminal) -> None:
    assert triforce("providers", "list", "-q").out == "groq\nbox\n"
    assert json.loads(triforce("providers", "ls", "--json").out) == LIST
    shown = on_terminal("providers", "list", columns=160).out
    for words in ("vault", "none", "212", "There is no key.", "box: It is open."):
        assert words in shown
    assert triforce("providers", "list").err == "box: It is open.\n"
    assert triforce("providers", "list", "--json").err == triforce("providers", "list", "-q").err == ""


def test_show(daemon: FakeDaemon, triforce: Triforce) -> None:
    assert json.loads(triforce("providers", "show", "groq", "--json").out) == SHOWN
    shown = triforce("providers", "show", "groq").out
    assert "998 of 1,000 requests left" in shown
    assert "to this provider" in shown


def test_the_page_says_what_is_known_and_nothing_else() -> None:
    shown = page(BOX, PLAIN).split("\n")
    assert [line.split("  ")[0].strip() for line in shown] == [
        "provider", "state", "", "", "key", "models", "address", "speaks", "prompts go", "warning",
    ]  # fmt: skip
    assert "there is none" in shown[4]
    assert page({**BOX, "key": {**BOX["key"], "needed": False}}, PLAIN).count("none is needed") == 1
    assert "since       2026-07-30" in page({**BOX, "since": "2026-07-30"}, PLAIN)


def test_a_test_that_fails_has_status_1(daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("providers", "test", "groq", "groq", "--model", "groq/x")
    assert (done.status, daemon.asked[-1].body) == (0, {"providers": ["groq", "groq"], "model": "groq/x"})
    assert done.out == "groq\tok\t200\t81.5\t\t\n"
    daemon.answers("POST", "/v1/providers/test", {**TESTS, "items": [GOOD, BAD]})
    done = triforce("providers", "test")
    assert (done.status, daemon.asked[-1].body) == (1, {"providers": []})


def test_nobody_to_test(daemon: FakeDaemon, triforce: Triforce) -> None:
    daemon.answers("POST", "/v1/providers/test", {**TESTS, "items": []})
    assert "triforce providers list" in triforce("providers", "test").err


def test_switching(daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("providers", "disable", "groq")
    assert (done.status, done.err) == (0, "groq is switched off. Its state: ok\n")
    assert daemon.asked[-1].body == {"enabled": False}
    assert triforce("providers", "enable", "groq").err == "groq is switched on. Its state: ok\n"


@pytest.mark.parametrize(
    ("more", "said"),
    [({"restart": True}, "triforce daemon restart"), ({"overruled": "--set x"}, "--set x says otherwise")],
)
def test_a_switch_that_does_not_hold_at_once_says_why(
    daemon: FakeDaemon, triforce: Triforce, more: dict[str, object], said: str
) -> None:
    daemon.answers("PATCH", "/v1/providers/groq", {**SWITCHED, **more})
    assert said in triforce("providers", "enable", "groq").err


def test_limits(daemon: FakeDaemon, triforce: Triforce) -> None:
    assert json.loads(triforce("providers", "limits", "--json").out) == LIMITS
    rows = [line.split("\t") for line in triforce("providers", "limits", "groq").out.splitlines()]
    assert daemon.asked[-1].query == {"provider": "groq"}
    assert [row[:5] for row in rows] == [["groq", "work", name, "998", "1000"] for name in ("requests", "tokens")]
    daemon.answers("GET", "/v1/providers/limits", {**LIMITS, "items": []})
    assert "has said anything" in triforce("providers", "limits").err


def test_names_are_suggested(daemon: FakeDaemon, triforce: Triforce) -> None:
    assert offered(triforce, "triforce providers show g") == ["groq"]
    assert offered(triforce, "triforce providers test b") == ["box"]


def test_without_a_daemon_nothing_is_suggested(triforce: Triforce) -> None:
    assert offered(triforce, "triforce providers show ") == []
