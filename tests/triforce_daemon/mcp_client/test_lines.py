"""Which call a server speaks of."""

import asyncio
import contextvars

import pytest

from tests.triforce_daemon.mcp_client.a_line import ALine
from triforce_daemon.mcp_client.lines import Lines


async def test_what_comes_in_the_answer_to_a_call_is_that_calls() -> None:
    lines, first, second = Lines(60), ALine(), ALine()
    with lines.held(first):
        of_first = contextvars.copy_context()
        with lines.held(second):
            assert lines.sending() is second and lines.meant() is second
            assert of_first.run(lines.meant) is first
        assert lines.meant() is first
    assert of_first.run(lines.meant) is None, "it is over, and nobody else is meant"
    assert lines.sending() is None


async def test_what_comes_by_itself_is_the_only_calls_that_there_is() -> None:
    lines, first, second = Lines(60), ALine(), ALine()
    outside = contextvars.copy_context()
    assert outside.run(lines.meant) is None
    with lines.held(first):
        assert outside.run(lines.meant) is first and outside.run(lines.sending) is None
        with lines.held(second):
            assert outside.run(lines.meant) is None
        with pytest.raises(ValueError), lines.held(second):
            raise ValueError
        assert outside.run(lines.meant) is first, "the other has been answered"


async def test_a_call_that_nobody_waits_for_any_more_may_still_be_meant_for_a_while() -> None:
    lines, first, second = Lines(0.05), ALine(), ALine()
    outside = contextvars.copy_context()
    with pytest.raises(asyncio.CancelledError), lines.held(first):
        raise asyncio.CancelledError
    with lines.held(second):
        assert outside.run(lines.meant) is None
        await asyncio.sleep(0.1)
        assert outside.run(lines.meant) is second


async def test_another_connections_call_is_none_of_its() -> None:
    lines, other, line = Lines(60), Lines(60), ALine()
    with other.held(ALine()):
        assert lines.sending() is None and lines.meant() is None
        with lines.held(line):
            assert other.sending() is None
