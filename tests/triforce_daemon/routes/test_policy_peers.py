"""Who says that he is a peer, beside what he shows, may what that alone allows: there are no peers yet."""

import pytest

from tests.triforce_daemon.pairs import serve_https
from tests.triforce_daemon.routes.test_policy import MATRIX, PASSES, ask
from triforce_daemon.routes.app import build
from triforce_daemon.runtime.clock import Clock


@pytest.mark.parametrize("listener", ["http", "https"])
async def test_who_says_that_he_is_a_peer_is_no_more_for_it(folder: str, listener: str) -> None:
    async with serve_https(folder) as (served, _, _context):
        app, shown = build(served.parts, Clock()), {"read": await served.token("read")}
        refused = [line for line in MATRIX if "read" not in PASSES[MATRIX[line]]]
        found = {line: await ask(served, app, line, "read", shown, listener, peer=True) for line in refused}
        assert found == dict.fromkeys(refused, 403)
        assert await ask(served, app, "GET /v1/status", "read", shown, listener, peer=True) == 200
