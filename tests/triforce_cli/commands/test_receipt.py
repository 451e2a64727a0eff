"""`triforce receipt`."""

import json

import pytest

from tests.triforce_cli.conftest import Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import RECEIPT

WAY = "/v1/receipts/0197a000"


def test_a_receipt_tells_all_but_what_was_said(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    out = triforce("receipt", "0197a000").out
    for words in ("groq/m: 500, upstream_failed, 12 ms", "mistral/m: 200, 80 ms", "1,200 in, 340 out", "0.00041 USD"):
        assert words in out
    assert json.loads(triforce("receipt", "0197a000", "--json").out) == RECEIPT


@pytest.mark.parametrize(
    ("verified", "status", "words"),
    [(True, 0, "its signature hold"), (False, 1, "no: changed"), (None, 0, "changed")],
)
def test_one_that_does_not_hold_is_1(
    fake_daemon: FakeDaemon, triforce: Triforce, verified: bool | None, status: int, words: str
) -> None:
    fake_daemon.answers("GET", WAY, {**RECEIPT, "verified": verified, "reason": "changed"})
    done = triforce("receipt", "0197a000", "--verify")
    assert (done.status, fake_daemon.asked[-1].query) == (status, {"verify": "true"})
    assert words in done.out


def test_a_tool_that_was_called_by_itself_used_no_tokens(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    tool = {"tool": "calculate", "via": "cli", "arguments": "ab12", "ms": 3, "error": None}
    alone = {
        "asked": None,
        "model": None,
        "provider": None,
        "boundary": None,
        "route": [],
        "cost": None,
        "tokens_in": 0,
    }
    fake_daemon.answers("GET", WAY, {**RECEIPT, **alone, "tools": [tool]})
    out = triforce("receipt", "0197a000").out
    assert "calculate by cli, 3 ms, arguments ab12" in out
    assert "tokens" not in out
