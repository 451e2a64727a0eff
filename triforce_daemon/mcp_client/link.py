"""What the daemon has of a mounted server while it is connected, whichever way it is reached."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from triforce_daemon.mcp_server_settings import McpServer

if TYPE_CHECKING:
    from triforce_daemon.mcp_client.connection import Connection


class Gone(Exception):
    """Nobody is there any more; the message says so."""


@dataclass(frozen=True, slots=True)
class Link:
    connection: "Connection"
    #: Ends with the server, and says why; one that is reached over a network has no end that anybody would hear of.
    ended: asyncio.Future[str]
    #: None: it is no program of ours.
    confined: bool | None = None
    pid: int | None = None


#: Is told, once a program runs, what to ask for the end of its standard error.
Hear = Callable[[Callable[[], Sequence[str]]], None]
#: By name, settings and secret. Raises as `Programs.start` does, Gone, ToolFailed.
Reach = Callable[[str, McpServer, str | None, Hear], AbstractAsyncContextManager[Link]]
