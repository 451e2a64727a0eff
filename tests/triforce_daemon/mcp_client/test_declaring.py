"""What a server hears of those on whose behalf it is asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.shared.message import SessionMessage
from mcp_types import CLIENT_CAPABILITIES_META_KEY, JSONRPCNotification, JSONRPCRequest

from tests.triforce_daemon.mcp_client.a_line import ALine
from triforce_daemon.mcp_client.declaring import declaring
from triforce_daemon.mcp_client.lines import Lines


class Sent:
    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.closed = False

    async def send(self, item: SessionMessage) -> None:
        self.messages.append(item.message)

    async def aclose(self) -> None:
        self.closed = True


def request(method: str, **params: Any) -> SessionMessage:
    return SessionMessage(JSONRPCRequest(jsonrpc="2.0", id=1, method=method, params=params))


async def test_each_request_says_what_its_own_caller_can_be_asked() -> None:
    lines, sent = Lines(60), Sent()

    @asynccontextmanager
    async def transport() -> AsyncIterator[Any]:
        yield None, sent

    too_much = {CLIENT_CAPABILITIES_META_KEY: {"sampling": {}, "roots": {}, "elicitation": {"url": {}}}}
    async with declaring(transport(), lines) as (_, write):  # type: ignore[arg-type]
        async with write:
            with lines.held(ALine(sampling={})):
                await write.send(request("tools/call", _meta=dict(too_much)))
            await write.send(request("tools/list", _meta=dict(too_much)))
            await write.send(request("initialize", capabilities={"roots": {}, "elicitation": {"url": {}}}))
            await write.send(request("tools/call", name="x"))
            await write.send(SessionMessage(JSONRPCNotification(jsonrpc="2.0", method="notifications/initialized")))
        assert sent.closed
    called, listed, initialized, plain, _ = sent.messages
    assert called.params["_meta"] == {CLIENT_CAPABILITIES_META_KEY: {"sampling": {}}}
    assert listed.params["_meta"] == {CLIENT_CAPABILITIES_META_KEY: {}}, "nobody is behind it"
    assert initialized.params["capabilities"] == {"sampling": {}, "elicitation": {"form": {}}}
    assert plain.params == {"name": "x"}
