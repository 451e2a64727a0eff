"""Who calls by the socket: the owner, those who are mapped to an account, and nobody else."""

import logging
import os
import pwd

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.access.identification import Identification
from triforce_daemon.access.local_users import LocalUsers

NOBODY = pwd.getpwnam("nobody").pw_uid
OTHER = 54_321


def called(served: ServedDaemon, uid: int) -> Caller | Stranger:
    return served.parts.get(Identification).by_peer((5, uid, uid), 0)


async def test_the_daemons_own_user_and_root_are_the_owner_whatever_is_mapped(folder: str) -> None:
    async with serve(folder, **{f"local_users__{os.getuid()}__account": "anna"}) as served:
        await served.user("anna")
        for uid in (os.getuid(), 0):
            caller = called(served, uid)
            assert isinstance(caller, Caller)
            assert (caller.is_owner, caller.pid, caller.user) == (True, 5, None)


async def test_who_is_not_mapped_is_not_known(folder: str) -> None:
    async with serve(folder, local_users__nobody__account="anna") as served:
        stranger = called(served, OTHER)
        assert isinstance(stranger, Stranger)
        assert "local_users" in stranger.hint
        assert isinstance(served.parts.get(Identification).by_peer(None, 0), Stranger)


@pytest.mark.parametrize("name", ["nobody", str(NOBODY)])
async def test_who_is_mapped_is_his_account_and_no_more(folder: str, name: str) -> None:
    async with serve(folder, **{f"local_users__{name}__account": "anna"}) as served:
        assert "no such account" in str(called(served, NOBODY))
        user = (await served.user("anna", tier="free"))["user"]
        caller = called(served, NOBODY)
        assert isinstance(caller, Caller)
        assert (caller.kind, caller.user, caller.name, caller.uid) == ("user", user["id"], "user/anna", NOBODY)
        assert (caller.is_owner, caller.is_admin) == (False, False)
        assert caller.tier is not None
        await served.call("PATCH", "/v1/users/anna", json={"disabled": True})
        assert isinstance(called(served, NOBODY), Stranger)


async def test_a_name_that_the_machine_does_not_know_is_told(served: ServedDaemon, caplog) -> None:
    users = served.parts.get(Identification).credentials.users
    with caplog.at_level(logging.WARNING):
        assert LocalUsers.of({"no-such-user": "anna"}, users).accounts == {}
    assert [record.setting for record in caplog.records] == ["local_users.no-such-user"]
