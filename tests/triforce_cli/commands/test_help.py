"""`triforce help`."""

import json

from tests.triforce_cli.conftest import Triforce
from triforce_cli.exit_codes import MEANINGS


def test_the_help_of_a_command(triforce: Triforce) -> None:
    assert triforce("help").out == triforce("--help").out
    assert triforce("help", "sessions", "export").out == triforce("sessions", "export", "--help").out


def test_the_help_of_nothing(triforce: Triforce) -> None:
    done = triforce("help", "sesions")
    assert done.status == 2
    assert "Did you mean: triforce sessions" in done.err


def test_exit_codes(triforce: Triforce) -> None:
    lines = triforce("help", "exit-codes").out.splitlines()
    assert [int(line.split()[0]) for line in lines] == list(MEANINGS)
    items = json.loads(triforce("help", "exit-codes", "--json").out)["items"]
    assert [item["code"] for item in items if item["retryable"]] == [69, 75, 124]
