"""`triforce usage`."""

import json
from datetime import UTC, datetime, timedelta

from tests.triforce_cli.conftest import OnTerminal, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import MODEL_ID, NOW, USED


def test_usage(fake_daemon: FakeDaemon, triforce: Triforce, on_terminal: OnTerminal) -> None:
    assert triforce("usage").out == f"{MODEL_ID}\t3\t36\t102\t\t0\n"
    assert json.loads(triforce("usage", "--json").out) == USED
    head, line = on_terminal("usage", "--by", "provider", environ={"NO_COLOR": "1"}).out.splitlines()
    assert head.split("  ")[0] == "PROVIDER"
    assert line.split() == [MODEL_ID, "3", "36", "102", "-", "0"]


def test_the_last_seven_days_are_meant(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    triforce("usage")
    query = fake_daemon.asked[-1].query
    assert query["by"] == "model"
    age = datetime.now(UTC) - datetime.fromisoformat(query["since"])
    assert abs(age - timedelta(days=7)) < timedelta(minutes=1)


def test_other_keys_and_times(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    triforce("usage", "--by", "day", "--since", "2026-01-01T00:00:00Z")
    assert fake_daemon.asked[-1].query == {"by": "day", "since": "2026-01-01T00:00:00.000Z"}


def test_a_moment_that_is_none_is_noticed_first(triforce: Triforce) -> None:
    done = triforce("usage", "--since", "soon")
    assert done.status == 2
    assert "'--since'" in done.err


def test_what_is_not_in_the_sums_is_told(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    items = [{**USED["items"][0], "cost": "0.5", "unpriced": 2}, {**USED["items"][0], "unpriced": 1}]
    fake_daemon.answers("GET", "/v1/usage", {**USED, "items": items})
    done = triforce("usage")
    assert done.err == "Not in the sums: 3 requests of unknown cost.\n"
    assert done.out.splitlines()[0].split("\t")[4] == "0.5"
    assert triforce("usage", "--json").err == ""


def days(**tokens: int) -> dict[str, object]:
    """Items by day, of which each used so many tokens."""
    items = [
        {**USED["items"][0], "key": f"2026-03-{day[1:]}", "tokens_in": n, "tokens_out": 0} for day, n in tokens.items()
    ]
    return {**USED, "by": "day", "items": items}


def test_days_are_drawn_on_a_terminal_and_those_without_anything_too(
    fake_daemon: FakeDaemon, on_terminal: OnTerminal, triforce: Triforce
) -> None:
    fake_daemon.answers("GET", "/v1/usage", days(d01=800, d02=400, d04=100))
    lines = on_terminal(
        "usage", "--by", "day", environ={"TERM": "xterm", "LANG": "C.UTF-8", "NO_COLOR": "1"}
    ).out.splitlines()
    assert lines[:3] == ["█▄ ▁", "Tokens a day, 2026-03-01 to 2026-03-04; at most 800.", ""]
    assert [line.split()[-1] for line in lines[4:]] == ["█" * 16, "█" * 8, "██"]
    lines = on_terminal(
        "usage", "--by", "day", environ={"TERM": "linux", "LANG": "C.UTF-8", "NO_COLOR": "1"}
    ).out.splitlines()
    assert lines[0] == "@= ."
    assert lines[4].endswith(" " + "#" * 16)
    # A program gets figures, and the same ones everywhere.
    assert triforce("usage", "--by", "day").out.splitlines()[0] == "2026-03-01\t3\t800\t0\t\t0"
    assert "bar" not in triforce("usage", "--by", "day", "--json").out


def test_somebody_elses_usage_is_asked_for_by_name(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    triforce("usage", "--client", "anna")
    assert fake_daemon.asked[-1].query["client"] == "anna"


LIMITS = {
    "schema": "triforce.usage.limits/1",
    "items": [
        {"scope": "account", "kind": "requests", "window": "minute", "limit": 1_000, "used": 1, "remaining": 999,
         "resets_at": NOW, "empty_at": None},
        {"scope": "token", "kind": "spend", "window": "month", "limit": "5", "used": "4.99", "remaining": "0.01",
         "resets_at": NOW, "empty_at": NOW},
    ],
    "next": None,
}  # fmt: skip


def test_what_is_left_of_limits(fake_daemon: FakeDaemon, triforce: Triforce, on_terminal: OnTerminal) -> None:
    fake_daemon.answers("GET", "/v1/usage/limits", LIMITS)
    assert json.loads(triforce("usage", "limits", "--json").out) == LIMITS
    _, requests, spend = on_terminal("usage", "limits", environ={"NO_COLOR": "1"}).out.splitlines()
    assert requests.split()[:6] == ["account", "requests", "minute", "1,000", "1", "999"]
    assert spend.split()[:6] == ["token", "spend", "month", "$5", "$4.99", "$0.01"]
    triforce("usage", "limits", "--user", "anna")
    assert fake_daemon.asked[-1].query == {"user": "anna"}


def test_whom_nothing_limits_is_told_so(fake_daemon: FakeDaemon, on_terminal: OnTerminal) -> None:
    fake_daemon.answers("GET", "/v1/usage/limits", {**LIMITS, "items": []})
    assert "Nothing is limited." in on_terminal("usage", "limits").out


def test_over_a_limit_a_script_may_try_again(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.refuses("GET", "/v1/usage", 429, "too_many_requests", "They are used up.", retry_after_ms=7_000)
    done = triforce("usage", "--json")
    assert done.status == 75
    assert json.loads(done.err)["error"]["retry_after_ms"] == 7_000
