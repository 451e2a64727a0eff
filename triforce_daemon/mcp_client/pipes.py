"""A child's pipes as the two streams of messages that the SDK speaks through."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
from anyio.abc import ObjectReceiveStream, ObjectSendStream
from mcp.client._transport import TransportStreams
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter
from pydantic import ValidationError

from triforce_daemon.children.process import Process
from triforce_daemon.runtime.tasks import Tasks

log = logging.getLogger(__name__)

#: The longest message, pictures included.
LINE_BYTES = 16 << 20
#: Lines that are none.
MOST_STRAY = 1_000

Incoming = ObjectSendStream[SessionMessage | Exception]
Outgoing = ObjectReceiveStream[SessionMessage]


@asynccontextmanager
async def pipes(process: Process, tasks: Tasks) -> AsyncGenerator[TransportStreams]:
    """Its messages, until it closes its output or sends a line without an end; then the session finds it gone."""
    into, incoming = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    outgoing, out_of = anyio.create_memory_object_stream[SessionMessage](0)
    work = (
        tasks.start(_read(process, into), f"messages of {process.pid}"),
        tasks.start(_write(process, out_of), f"messages to {process.pid}"),
    )
    try:
        yield incoming, outgoing
    finally:
        for task in work:
            task.cancel()
        for stream in (incoming, outgoing, into, out_of):
            stream.close()


async def _read(process: Process, into: Incoming) -> None:
    stray = 0
    async with into:
        async for line in _lines(process):
            try:
                message = jsonrpc_message_adapter.validate_json(line, by_name=False)
            except ValidationError:
                # Many print a greeting there, where it does not belong; some print without an end.
                stray += 1
                if stray > MOST_STRAY:
                    log.warning("a mounted server prints what is no message", extra={"pid": process.pid})
                    return
                continue
            try:
                await into.send(SessionMessage(message))
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                return


async def _write(process: Process, out_of: Outgoing) -> None:
    async with out_of:
        async for sent in out_of:
            line = sent.message.model_dump_json(by_alias=True, exclude_unset=True)
            await process.send(line.encode() + b"\n")


async def _lines(process: Process) -> AsyncGenerator[bytes]:
    begun: list[bytes] = []
    size = 0
    async for piece in process.pieces():
        *whole, rest = piece.split(b"\n")
        for line in whole:
            yield b"".join((*begun, line))
            begun.clear()
            size = 0
        if rest:
            begun.append(rest)
            size += len(rest)
        if size > LINE_BYTES:
            log.warning("a mounted server has sent a line without an end", extra={"pid": process.pid})
            return
