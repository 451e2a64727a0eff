"""A session's owner, as the SDK tells two callers apart: by who asks, never by what he shows."""

from mcp.server.auth.middleware.bearer_auth import authorization_context

from tests.triforce_daemon.toolbox.bench import OWNER, token, user
from triforce_daemon.access.caller import Caller
from triforce_daemon.mcp_server.request import owned


def known(caller: Caller) -> object:
    return tuple(authorization_context(owned({"type": "http", "state": {"caller": caller}})["user"]).values())


def test_callers_are_told_apart() -> None:
    callers = [OWNER, user("anna"), user("bert"), token("t1"), token("t2"), token("t1", of="anna")]
    assert len({known(caller) for caller in callers}) == len(callers)
    assert known(user("anna")) == known(user("anna", "free"))
