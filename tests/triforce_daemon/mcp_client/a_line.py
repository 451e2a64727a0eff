"""The way back to a caller whom a test plays: it notes what he is told, and answers what he is asked."""

import asyncio
from collections.abc import Mapping
from typing import Any

ACCEPTED = {"action": "accept", "content": {"name": "Anna"}}


class ALine:
    def __init__(self, answer: Mapping[str, Any] | None = None, log_level: str | None = "debug", **can: Any) -> None:
        self.capabilities: Mapping[str, Any] = can
        self.log_level = log_level
        self.answer = answer
        self.heard: list[tuple[float, str]] = []
        self.logged: list[tuple[str, Any]] = []
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    def progress(self, done: float, words: str) -> None:
        self.heard.append((done, words))

    async def log(self, level: str, data: Any) -> None:
        self.logged.append((level, data))

    async def ask(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append((method, params))
        if self.answer is None:
            await asyncio.get_running_loop().create_future()
        return self.answer or {}
