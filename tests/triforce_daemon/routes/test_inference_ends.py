"""How an upstream's stream may end: Cerebras says why and closes, without the `[DONE]` that the others send."""

import pytest

from tests.scriptable_upstream.script import say
from tests.triforce_daemon.gateway import gateway

HI = [{"role": "user", "content": "hi"}]
#: Where the bytes pass through, and where they are translated.
PATHS = {
    "/v1/chat/completions": ({}, b"data: [DONE]\n\n"),
    "/v1/messages": ({"max_tokens": 9}, b'data: {"type":"message_stop"}\n\n'),
}


@pytest.mark.parametrize("path", PATHS)
async def test_a_reason_and_a_close_in_good_order_are_an_end(folder: str, path: str) -> None:
    more, end = PATHS[path]
    body = {"model": "groq/m", "messages": HI, "stream": True, **more}
    async with gateway(folder) as gate:
        gate.providers["groq"].url = gate.upstream.base_url("cerebras")
        gate.upstream.enqueue(say("a", "b", "c", "d"))
        told = await gate.post(path, body)
        assert told.body.endswith(end)
        for plan in ("no-terminator", "cut-after=2 cut=end", "cut-after=2 cut=fin", "cut-after=2 cut=rst"):
            gate.upstream.enqueue(say("a", "b", "c", "d"), plan)
            told = await gate.post(path, body)
            assert "broke off" in told.text, plan
            assert not told.body.endswith(end), plan
        assert [row["state"] for row in await gate.ledger()] == ["done"] + ["failed"] * 4
