"""Who calls: by the kernel's word on the socket, by a token elsewhere."""

import os

import pytest

from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.access.identification import by_peer


def test_the_daemons_own_user_and_root_are_the_owner() -> None:
    for uid in (os.getuid(), 0):
        caller = by_peer((5, uid, 0))
        assert isinstance(caller, Caller)
        assert caller.is_owner
        assert caller.pid == 5


@pytest.mark.parametrize("peer", [None, (5, 65_534, 65_534)])
def test_nobody_else_is_known(peer: tuple[int, int, int] | None) -> None:
    assert isinstance(by_peer(peer), Stranger)
