"""OpenAI's Responses: https://platform.openai.com/docs/api-reference/responses"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from triforce_daemon.dialects import openai_error
from triforce_daemon.dialects.canonical import Answer, DialectName, Request, Tool, Usage, Written
from triforce_daemon.dialects.openai_responses.answer import read_answer, write_answer
from triforce_daemon.dialects.openai_responses.reader import Reader
from triforce_daemon.dialects.openai_responses.request import SPELLING, read_request, replace_model, write_request
from triforce_daemon.dialects.openai_responses.usage import read_usage
from triforce_daemon.dialects.openai_responses.watch import Watch
from triforce_daemon.dialects.openai_responses.writer import Writer
from triforce_daemon.dialects.openai_tool_rules import tool_problems
from triforce_daemon.dialects.tool_problems import ToolProblem
from triforce_daemon.errors import TriforceError


class OpenAIResponses:
    name: DialectName = "openai_responses"
    content_type = "text/event-stream"
    spelling = SPELLING

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        """`now`: seconds since 1970, for `created_at`."""
        self._now = now

    def read_request(self, body: dict[str, Any], *, model: str | None = None, stream: bool | None = None) -> Request:
        return read_request(body, model, stream)

    def write_request(self, request: Request) -> Written:
        return write_request(request)

    def read_answer(self, body: dict[str, Any]) -> Answer:
        return read_answer(body)

    def write_answer(self, answer: Answer, request: Request) -> dict[str, Any]:
        return write_answer(answer, request, int(self._now()))

    def reader(self) -> Reader:
        return Reader()

    def writer(self, request: Request) -> Writer:
        return Writer(request, int(self._now()))

    def watch(self, request_body: dict[str, Any]) -> Watch:
        return Watch()

    def read_usage(self, body: dict[str, Any]) -> Usage | None:
        return read_usage(body)

    def read_error(self, status: int, body: bytes) -> TriforceError:
        return openai_error.read_error(status, body)

    def write_error(self, error: TriforceError, request_id: str) -> dict[str, Any]:
        return openai_error.write_error(error, request_id)

    def tool_problems(self, tool: Tool) -> list[ToolProblem]:
        return tool_problems(tool)

    def replace_model(self, body: dict[str, Any], model: str, *, stream: bool) -> tuple[str, dict[str, Any]]:
        return replace_model(body, model)


class KeptResponses(OpenAIResponses):
    """For an answer that is stored: it has an id of ours, and says what it goes on from."""

    def __init__(self, id: str, previous: str | None, now: Callable[[], float] = time.time) -> None:
        super().__init__(now)
        self._told: dict[str, Any] = {"id": id, "store": True, "previous_response_id": previous}

    def write_answer(self, answer: Answer, request: Request) -> dict[str, Any]:
        return super().write_answer(replace(answer, id=self._told["id"]), request) | self._told

    def writer(self, request: Request) -> Writer:
        return Writer(request, int(self._now()), self._told)
