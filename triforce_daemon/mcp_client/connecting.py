"""Reaches a mounted server as its settings say; whoever imports this loads the SDK."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import httpx2
from mcp.client.streamable_http import streamable_http_client

from triforce_daemon.mcp_client.connection import connected
from triforce_daemon.mcp_client.link import Gone, Hear, Link
from triforce_daemon.mcp_client.over_http import OutboundTransport
from triforce_daemon.mcp_client.pipes import pipes
from triforce_daemon.mcp_client.program import Program, Programs, filled
from triforce_daemon.mcp_server_settings import McpServer
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.runtime.tasks import Tasks


@dataclass(frozen=True, slots=True)
class Reaching:
    programs: Programs
    outbound: Outbound
    tasks: Tasks

    def __call__(
        self, name: str, settings: McpServer, secret: str | None, hear: Hear
    ) -> AbstractAsyncContextManager[Link]:
        """Starts its program, or asks its address. Raises as `Programs.start` does, Gone, ToolFailed."""
        return (self._started if settings.command else self._asked)(name, settings, secret, hear)

    @asynccontextmanager
    async def _started(self, name: str, settings: McpServer, secret: str | None, hear: Hear) -> AsyncGenerator[Link]:
        program = await self.programs.start(name, settings, secret)
        process = program.process
        hear(process.last_words)
        ended = self.tasks.start(self._end(program), f"end of {name}")
        try:
            async with connected(name, pipes(process, self.tasks), settings) as connection:
                yield Link(connection, ended, program.confined, process.pid)
        except Gone:
            words = process.last_words(1)
            raise Gone(f"It has ended: {words[0]}" if words else "It has ended.") from None
        finally:
            ended.cancel()
            await program.end()

    @asynccontextmanager
    async def _asked(self, name: str, settings: McpServer, secret: str | None, hear: Hear) -> AsyncGenerator[Link]:
        pairs = (text.partition(":") for text in settings.headers)
        headers = {header.strip(): filled(value.strip(), secret) for header, _, value in pairs}
        transport = OutboundTransport(self.outbound, max(settings.start_seconds, settings.call_seconds))
        async with (
            httpx2.AsyncClient(transport=transport, headers=headers, timeout=None, trust_env=False) as client,
            connected(name, streamable_http_client(settings.url, http_client=client), settings) as there,
        ):
            yield Link(there, asyncio.get_running_loop().create_future())

    async def _end(self, program: Program) -> str:
        """Why it has come to its end."""
        looking = self.tasks.start(program.excess(), f"watch of {program.process.pid}")
        ending = self.tasks.start(program.process.wait(), f"wait for {program.process.pid}")
        try:
            await asyncio.wait((looking, ending), return_when=asyncio.FIRST_COMPLETED)
            if ending.done():
                words = program.process.last_words(1)
                return f"It ended with status {ending.result()}" + (f": {words[0]}" if words else ".")
            return f"It used too much: {looking.result()}."
        finally:
            looking.cancel()
            ending.cancel()
