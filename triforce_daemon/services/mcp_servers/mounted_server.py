"""One mounted server's life: reached, asked what it offers, watched, and reached again after its end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import ToolFailed, ToolUnavailable, TriforceError
from triforce_daemon.mcp_client.link import Gone, Link, Reach
from triforce_daemon.mcp_client.plain_text import plain_line
from triforce_daemon.mcp_client.read_items import NOTHING, Items
from triforce_daemon.mcp_server_settings import McpServer
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.mcp_servers.caller_line import CallerLine
from triforce_daemon.services.mcp_servers.mounted_tool import MountedTool
from triforce_daemon.services.mcp_servers.pins import Pins
from triforce_daemon.services.mcp_servers.talk import Talks, speaker_of
from triforce_daemon.services.mcp_servers.turn import Turn
from triforce_daemon.services.mcp_servers.unfinished import UnfinishedCalls
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.client import Client
from triforce_daemon.toolbox.content import Content
from triforce_daemon.wire.mcp_servers import McpServerState

if TYPE_CHECKING:
    from triforce_daemon.mcp_client.connection import Connection

Answer = TypeVar("Answer")

log = logging.getLogger(__name__)

_LONGEST_REASON = 500
#: Calls that one server is given at the same time; more wait, within the time that they have.
_AT_ONCE = 32
_GOING_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Pace:
    """In seconds. A server that has ended is waited for a little longer each time, until it has stayed for a while."""

    first: float = 1.0
    longest: float = 300.0
    steady: float = 60.0
    #: After so long it is asked anew what it offers: not every server tells of a change.
    look: float = 300.0
    #: Between two times that it is asked, however often it says that something has changed.
    pause: float = 1.0


@dataclass
class MountedServer:
    name: str
    settings: McpServer
    pins: Pins
    clock: Clock
    #: Waits for what reaches servers, which is loaded when there are any.
    door: Callable[[], Awaitable[Reach]]
    #: The secret that its settings name, where there is one.
    secret: Callable[[], str | None]
    #: Called whenever what it offers is not as before.
    changed: Callable[[], None]
    tasks: Tasks
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        self.state: McpServerState = "starting"
        self.reason: str | None = None
        self.since = self.clock.now_ms()
        self.restarts = 0
        self.tools: Sequence[MountedTool] = []
        #: What it has beside tools.
        self.reading = NOTHING
        self.link: Link | None = None
        #: The end of what its program has written to its standard error.
        self.last_words: Callable[[], Sequence[str]] = list[str]
        self._lost = False
        #: What it has said of its tools, and of nothing else; None: nothing yet.
        self._said: Sequence[Mapping[str, Any]] | None = None
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._talks = Talks(self.name, UnfinishedCalls(self.clock), self.tasks)

    async def live(self) -> None:
        """Until it is cancelled. Whatever the server does, nobody but its callers notices."""
        wait = self.pace.first
        while True:
            began = self.clock.ticks()
            reason = await self._once()
            self.link = None
            _end_if_told()
            self._turn("down", plain_line(reason, _LONGEST_REASON))
            log.warning("a mounted server is down", extra={"server": self.name, "reason": self.reason})
            wait = self.pace.first if self.clock.ticks() - began >= self.pace.steady else wait
            await asyncio.sleep(wait)
            wait = min(wait * 2, self.pace.longest)
            self.restarts += 1
            self._turn("starting", self.reason)

    async def call(self, tool: str, arguments: dict[str, Any], call: ToolCall) -> Content:
        """What the tool returned. Raises ToolUnavailable, ToolFailed, InputRequired, CapabilityMissing."""
        what = speaker_of(call.caller, "tools/call", tool, arguments)
        speaker = replace(what, client=call.client, tell=call.progress)
        return await self._talks.answer(
            speaker,
            lambda line, resumed: self._sent(line, lambda there: there.call(tool, arguments, line, resumed)),
            stateless=self._stateless,
        )

    def goes_on(self, tool: str, arguments: Mapping[str, Any], call: ToolCall) -> bool:
        """Whether this is a call that was let in before, and comes back with what was asked on the way."""
        if call.client is None or call.client.at_once:
            return False
        speaker = speaker_of(call.caller, "tools/call", tool, arguments)
        return self._talks.unfinished.holds(call.client.state, speaker.asker, speaker.what)

    async def read(self, uri: str) -> Items:
        """A resource, as contents of MCP. Raises ToolUnavailable, ToolFailed."""
        return await self._asked(lambda connection: connection.read(uri))

    async def prompt(self, caller: Caller, name: str, arguments: Mapping[str, str], client: Client | None) -> Items:
        """A prompt, as messages of MCP. Raises as `call` does."""
        speaker = replace(speaker_of(caller, "prompts/get", name, arguments), client=client)
        return await self._talks.answer(
            speaker,
            lambda line, resumed: self._sent(line, lambda there: there.prompt(name, arguments, line, resumed)),
            stateless=self._stateless,
        )

    async def complete(self, kind: str, name: str, argument: str, begun: str) -> Sequence[str]:
        """Words for an argument of a prompt or a template. Raises ToolUnavailable, ToolFailed."""
        return await self._asked(lambda connection: connection.complete(kind, name, argument, begun))

    @property
    def _stateless(self) -> bool:
        return self.link is not None and self.link.connection.stateless

    async def _sent(self, line: CallerLine, ask: "Callable[[Connection], Awaitable[Answer]]") -> Answer:
        turn = Turn(self.settings.call_seconds, self._room)
        line.within(turn, self.settings.answer_seconds)
        return await self._asked(ask, turn)

    async def _asked(self, ask: "Callable[[Connection], Awaitable[Answer]]", turn: Turn | None = None) -> Answer:
        link, seconds = self.link, self.settings.call_seconds
        if link is None:
            raise self.unavailable()
        try:
            async with (turn or Turn(seconds, self._room)).taken():
                return await ask(link.connection)
        except TimeoutError:
            raise ToolFailed(
                f"The server {self.name} has not answered within {seconds:g} seconds.",
                f"mcp_servers.{self.name}.call_seconds is how long it may take.",
            ) from None
        except Gone:
            self._lost = True
            link.connection.changed.set()
            raise ToolFailed(f"The server {self.name} has ended before it has answered.", None) from None

    def unavailable(self) -> ToolUnavailable:
        return ToolUnavailable(
            f"The server {self.name} is {self.state}{f': {self.reason}' if self.reason else '.'}",
            f"`triforce tools servers log {self.name}`",
        )

    async def look(self) -> None:
        """Ask it what it offers. Raises Gone, ToolFailed, ToolUnavailable, StorageFailed, TimeoutError."""
        if self.link is None:
            raise self.unavailable()
        async with asyncio.timeout(self.settings.start_seconds):
            self._said = await self.link.connection.tools()
            reading = await self.link.connection.reading()
        before, self.reading, tools = self.reading, reading, self.tools
        await self.recall()
        if self.reading != before and self.tools is tools:
            self.changed()

    async def recall(self) -> None:
        """See what of it is accepted by now. Raises StorageFailed."""
        if self._said is None:
            self._learn(await self.pins.remembered(self.name))
        else:
            self._learn(await self.pins.compared(self.name, self.settings.tools, self._said))

    async def _once(self) -> str:
        """From reaching it to its end; why it has ended."""
        try:
            await self.recall()
            return await self._connected()
        except TimeoutError:
            return f"It has not said within {self.settings.start_seconds:g} seconds what its tools are."
        except (Gone, ValueError) as error:
            return str(error)
        except OSError as error:
            return f"It cannot be started: {error.strerror or error}."
        except TriforceError as error:
            return f"{error.message} {error.hint or ''}"
        except Exception:
            log.exception("a mounted server has failed", extra={"server": self.name})
            return "It does not keep to the protocol; the daemon's log has the details."

    async def _connected(self) -> str:
        reach = await self.door()
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(self.settings.start_seconds):
                link = reach(self.name, self.settings, self.secret(), self._hear)
                self.link = await stack.enter_async_context(link)
                await self.look()
            self._turn("up", None)
            listening = self.tasks.start(self.link.connection.listen(), f"changes of {self.name}")
            stack.callback(listening.cancel)
            return await self._stay(self.link)

    async def _stay(self, link: Link) -> str:
        """Until it ends; asks what it offers whenever that may be something else."""
        woken = link.connection.changed
        link.ended.add_done_callback(lambda _: woken.set())
        self._lost = False
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.pace.look):
                    await woken.wait()
            woken.clear()
            if self._lost or link.ended.done():
                # A program that has closed its pipes says a little later how it has ended.
                await asyncio.wait([link.ended], timeout=_GOING_SECONDS if link.pid is not None else self.pace.pause)
                return link.ended.result() if link.ended.done() else "It does not know us any more."
            await self.look()
            # However often it says that it has changed.
            await asyncio.wait([link.ended], timeout=self.pace.pause)

    def _hear(self, words: Callable[[], Sequence[str]]) -> None:
        self.last_words = words

    def _turn(self, state: McpServerState, reason: str | None) -> None:
        self.state, self.reason, self.since = state, reason, self.clock.now_ms()

    def _learn(self, tools: Sequence[MountedTool]) -> None:
        if tools != self.tools:
            self.tools = tools
            self.changed()


def _end_if_told() -> None:
    """Where it was ended while it was just failing, the SDK's groups of tasks have told of the failure alone."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
