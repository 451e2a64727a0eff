"""Getting to know a daemon; what a person sees of it is tried in test_context.py."""

from pathlib import Path

import pytest

from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.tls_door import Pair, TlsDoor
from triforce_cli.commands._introduction import introduced
from triforce_cli.contexts import Globals
from triforce_cli.errors import IssuerUnknown, NotApproved
from triforce_cli.remotes.context import Context


def test_the_fingerprint_is_seen_before_anything_is_sent(fake_daemon: FakeDaemon, home: Path) -> None:
    with TlsDoor(fake_daemon.socket, Pair(home)) as door:
        assert door.pair is not None
        context = Context("prod", door.url)
        with pytest.raises(NotApproved, match=door.pair.fingerprint):
            introduced(context, None, Globals({"HOME": str(home)}))
        assert door.received == 0
        known = introduced(context, None, Globals({"HOME": str(home)}, yes=True))
        assert known.fingerprint == door.pair.fingerprint
        assert introduced(context, door.pair.fingerprint.lower(), Globals({"HOME": str(home)})) == known


def test_another_issuer_than_the_one_that_was_named_is_not_asked_about(fake_daemon: FakeDaemon, home: Path) -> None:
    with TlsDoor(fake_daemon.socket, Pair(home)) as door, pytest.raises(IssuerUnknown):
        context = Context("prod", door.url, ca=Pair(home, "other").certificate)
        introduced(context, None, Globals({"HOME": str(home)}, yes=True))
