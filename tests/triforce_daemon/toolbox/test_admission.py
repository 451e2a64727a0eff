"""A tier buys quota, scopes give rights, and some tools are for admins alone."""

import pytest

from tests.triforce_daemon.toolbox.bench import OWNER, entries, token, user
from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import Forbidden, TierTooLow
from triforce_daemon.toolbox.admission import may, refusal
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.toolbox.entry import bind

SEARCH, BURN, SHELVE, BREAK = range(4)


@pytest.mark.parametrize(
    ("caller", "allowed"),
    [
        (OWNER, {SEARCH, BURN, SHELVE, BREAK}),
        (user(admin=True), {SEARCH, BURN, SHELVE, BREAK}),
        (user(), {SEARCH, BURN, BREAK}),
        (user("anna", "free"), {SEARCH, BURN}),
        (user("anna", "guest"), {BURN}),
        (user("anna", "unlimited", "tools"), {SEARCH}),
        (user("anna", "unlimited", "inference"), set()),
        (token(), {SEARCH, BURN}),
        (token("t1", "admin"), {SHELVE}),
        # The door asks for tools, whatever else there is.
        (token("t1", "tools:exec"), set()),
        (token("t1", "tools", "tools:exec"), {SEARCH, BREAK}),
    ],
)
def test_who_may_call_what(caller: Caller, allowed: set[int]) -> None:
    assert {number for number, entry in enumerate(entries()) if may(caller, entry)} == allowed


def test_some_are_for_the_owner_alone() -> None:
    @tool(tier="admin", effect="destroy", owners=True)
    async def seal() -> None: ...

    entry = bind(seal, {}.__getitem__)
    assert may(OWNER, entry)
    for caller in (user(admin=True), token("t1", "admin")):
        refused = refusal(caller, entry)
        assert isinstance(refused, Forbidden) and "for the owner" in refused.message


def test_the_refusal_says_what_is_missing() -> None:
    search, burn, shelve, _ = entries()
    low = refusal(user("anna", "guest"), search)
    assert isinstance(low, TierTooLow) and low.hint == "The tier free holds it."
    narrow = refusal(token("t1", "tools"), burn)
    assert isinstance(narrow, Forbidden) and "tools:write" in narrow.message
    admin = refusal(user(), shelve)
    assert isinstance(admin, Forbidden) and "for admins" in admin.message
