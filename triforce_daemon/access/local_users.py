"""Who is at the other end of the Unix socket: the owner, or another user of the machine who has an account."""

import logging
import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.access.users import Users

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LocalUsers:
    users: Users
    #: By the number of a user of the machine, the name of his account.
    accounts: Mapping[int, str]

    @classmethod
    def of(cls, accounts: Mapping[str, str], users: Users) -> "LocalUsers":
        """`accounts`: by the name or number of a user of the machine."""
        numbers = {name: _number(name) for name in accounts}
        for name in (name for name, number in numbers.items() if number is None):
            log.warning("this machine has no such user", extra={"setting": f"local_users.{name}"})
        return cls(users, {number: accounts[name] for name, number in numbers.items() if number is not None})

    def caller_of(self, pid: int, uid: int, now_ms: int) -> Caller | Stranger:
        """Who that is: the daemon's own user and root are its owner, others what the settings say."""
        if uid in (os.getuid(), 0):
            # Root acts for the owner: one history, one ledger.
            return Caller(kind="owner", name=_name(os.getuid()), uid=uid, pid=pid)
        account = self.accounts.get(uid)
        if account is None:
            return Stranger()
        row = self.users.named(account)
        if row is None:
            return Stranger(
                f"You are to call as {account}, and there is no such account.", f"triforce users create {account}"
            )
        caller = self.users.caller_of(row["id"], now_ms)
        return replace(caller, uid=uid, pid=pid) if isinstance(caller, Caller) else caller


def _number(name: str) -> int | None:
    if name.isdigit():
        return int(name)
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return None


@cache
def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
