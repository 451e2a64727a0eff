"""`triforce mcp` makes itself a token that may do little, and takes it back at its end."""

import io

import pytest

from tests.triforce_cli.conftest import Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon

TOKEN = {"id": "t1", "token": "tf_secret", "schema": "triforce.auth.token.create/1"}


def test_its_token_may_do_little_and_ends_with_it(
    fake_daemon: FakeDaemon, triforce: Triforce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    fake_daemon.answers("POST", "/v1/tokens", TOKEN)
    fake_daemon.answers("DELETE", "/v1/tokens/t1", {"id": "t1"})
    done = triforce("mcp", "--scope", "tools:write")
    assert (done.status, done.out) == (0, "") and "toolset search" in done.err
    made, gone = fake_daemon.asked[-2:]
    assert made.body["scopes"] == ["tools", "inference", "tools:write"] and made.body["name"].startswith("mcp-")
    assert made.body["expires"] and (gone.method, gone.path) == ("DELETE", "/v1/tokens/t1")
