"""The program of a caller whom a test plays, which can be asked something."""

import asyncio
from collections.abc import Mapping
from typing import Any

FORM: dict[str, Any] = {"message": "Name?", "requestedSchema": {"type": "object", "properties": {}}}
ACCEPTED: dict[str, Any] = {"action": "accept", "content": {"name": "Anna"}}
ALL: dict[str, Any] = {"elicitation": {}, "sampling": {}, "roots": {}}


class AClient:
    def __init__(
        self,
        answer: Mapping[str, Any] | Exception | None = None,
        *,
        at_once: bool = True,
        state: str | None = None,
        answers: Mapping[str, Any] | None = None,
        can: Mapping[str, Any] | None = ALL,
    ) -> None:
        self.capabilities = can
        self.answers: Mapping[str, Any] = answers or {}
        self.state = state
        self.at_once = at_once
        self.log_level: str | None = "info"
        self.answer = answer
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.logged: list[tuple[str, Any, str | None]] = []

    async def ask(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append((method, params))
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is None:
            await asyncio.get_running_loop().create_future()
        return self.answer or {}

    async def log(self, level: str, data: Any, source: str | None = None) -> None:
        await asyncio.sleep(0)
        self.logged.append((level, data, source))
