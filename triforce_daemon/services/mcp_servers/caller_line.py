"""The way back from a mounted server to one caller: what he is asked and told, and how much of it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from triforce_daemon.errors import ToolUnavailable
from triforce_daemon.mcp_client.line import Unasked
from triforce_daemon.mcp_client.plain_text import plain_value
from triforce_daemon.mcp_client.question import passed_on, question_of
from triforce_daemon.services.mcp_servers.turn import Turn
from triforce_daemon.toolbox.client import Client

#: Questions within one call; a server that asks on is told that nobody answers any more.
MOST_QUESTIONS = 16
MOST_LOGS = 1_000
_LONGEST_LOG = 64 << 10

#: Puts a question to somebody, and waits.
Put = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]


class CallerLine:
    def __init__(self, server: str, client: Client | None, tell: Callable[[float, str], None]) -> None:
        """`client`: his program, where it can be asked anything; `tell`: who hears how far the call is."""
        self._server = server
        self._client = client
        self._tell = tell
        self.capabilities = passed_on(client.capabilities or {}) if client is not None else {}
        self.log_level = client.log_level if client is not None else None
        self._asked = 0
        self._logged = 0
        self._saying = asyncio.Lock()
        self._waiting: set[asyncio.Timeout] = set()
        self._turn: Turn | None = None
        self._seconds = 0.0
        self._put: Put | None = client.ask if client is not None and client.at_once else None

    def within(self, turn: Turn, seconds: float) -> None:
        """`turn` stands still while he is asked; `seconds` are for each of his answers."""
        self._turn = turn
        self._seconds = seconds

    def by(self, put: Put) -> None:
        """His program is asked in this way from now on."""
        self._put = put

    def handed_to(self, client: Client, tell: Callable[[float, str], None]) -> None:
        """He has come back, with another request of the same program."""
        self._client, self._tell = client, tell
        self.log_level = client.log_level

    def progress(self, done: float, words: str) -> None:
        self._tell(done, words)

    async def log(self, level: str, data: Any) -> None:
        self._logged += 1
        if self._client is None or self._logged > MOST_LOGS or len(orjson.dumps(data)) > _LONGEST_LOG:
            return
        async with self._saying:
            await self._client.log(level, plain_value(data), self._server)

    async def ask(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._put is None or self._turn is None:
            raise Unasked("Whoever has called it cannot be asked anything.")
        question = question_of(self._server, method, params, self.capabilities)
        self._asked += 1
        if self._asked > MOST_QUESTIONS:
            raise Unasked(f"It has asked {MOST_QUESTIONS} times already.")
        try:
            async with self._turn.paused(), asyncio.timeout(self._seconds) as waiting:
                self._waiting.add(waiting)
                try:
                    return await self._put(method, question)
                finally:
                    self._waiting.discard(waiting)
        except TimeoutError:
            raise Unasked("Nobody has answered.") from None
        except ToolUnavailable as error:
            raise Unasked(error.message) from None

    async def told(self) -> None:
        """Once he has been told everything that was said until now."""
        async with self._saying:
            pass

    def close(self) -> None:
        """His call is over, and nobody is asked on account of it any more."""
        now = asyncio.get_running_loop().time()
        for waiting in self._waiting:
            waiting.reschedule(now)
