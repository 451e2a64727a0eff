"""`triforce undo`."""

import json

from tests.triforce_cli.conftest import Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import UNDONE

WAY = "/v1/receipts/0197a000/undo"


def test_what_was_taken_back_and_what_stays(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("undo", "0197a000")
    assert done.status == 0 and "As before: file src/app.py." in done.err
    assert "git 4f2a stays as it is: Git itself can." in done.err
    assert json.loads(triforce("undo", "0197a000", "--json").out) == UNDONE


def test_nothing_taken_back_is_1(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("POST", WAY, {**UNDONE, "undone": []})
    done = triforce("undo", "0197a000")
    assert (done.status, "Nothing was taken back." in done.err) == (1, True)
