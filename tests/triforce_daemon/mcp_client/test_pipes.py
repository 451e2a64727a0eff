"""Lines of a child as messages."""

import pytest
from mcp.shared.message import SessionMessage

from triforce_daemon.children.process import Process
from triforce_daemon.mcp_client import pipes as module
from triforce_daemon.mcp_client.pipes import pipes
from triforce_daemon.runtime.tasks import Tasks


async def received(script: str) -> list[str]:
    """The methods of the messages that come before the end."""
    tasks = Tasks()
    process = await Process.start(["/bin/sh", "-c", script], environ={}, tasks=tasks)
    found: list[str] = []
    try:
        async with pipes(process, tasks) as (incoming, _), incoming:
            async for message in incoming:
                assert isinstance(message, SessionMessage)
                found.append(getattr(message.message, "method", "?"))
    finally:
        await process.terminate(0)
        await tasks.stop()
    return found


async def test_what_is_no_message_is_passed_over() -> None:
    script = """
        echo hello; echo '{"jsonrpc": "2.0", "method": "one"}'; echo '[1]'; echo; printf '{"jsonrpc": "2.0",'
        echo '"method": "two"}'; printf '{"jsonrpc": "2.0", "method": "half"}'
    """
    assert await received(script) == ["one", "two"]


@pytest.mark.parametrize(
    ("limit", "script"),
    [
        ("LINE_BYTES", 'echo \'{"jsonrpc": "2.0", "method": "one"}\'; exec cat /dev/zero'),
        ("MOST_STRAY", 'echo \'{"jsonrpc": "2.0", "method": "one"}\'; exec yes'),
    ],
)
async def test_what_has_no_end_is_ended(monkeypatch: pytest.MonkeyPatch, limit: str, script: str) -> None:
    monkeypatch.setattr(module, limit, 100)
    assert await received(script) == ["one"]
