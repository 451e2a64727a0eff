"""`triforce usage`."""

import json
from datetime import UTC, datetime, timedelta

from tests.triforce_cli.conftest import OnTerminal, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import MODEL_ID, USED


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
