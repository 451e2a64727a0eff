"""Anthropic's messages: https://platform.claude.com/docs/en/api/messages"""

from typing import Any

from triforce_daemon.dialects.anthropic.answer import read_answer, write_answer
from triforce_daemon.dialects.anthropic.errors import read_error, write_error
from triforce_daemon.dialects.anthropic.reader import Reader
from triforce_daemon.dialects.anthropic.request import (
    COUNT_PATH,
    PATH,
    SPELLING,
    read_count_request,
    read_request,
    write_count_request,
    write_request,
)
from triforce_daemon.dialects.anthropic.tool_rules import tool_problems
from triforce_daemon.dialects.anthropic.usage import read_usage
from triforce_daemon.dialects.anthropic.watch import Watch
from triforce_daemon.dialects.anthropic.writer import Writer
from triforce_daemon.dialects.canonical import Answer, DialectName, Request, Tool, Usage, Written
from triforce_daemon.dialects.tool_problems import ToolProblem
from triforce_daemon.errors import TriforceError, UpstreamFailed


class Anthropic:
    name: DialectName = "anthropic"
    content_type = "text/event-stream"
    spelling = SPELLING

    def read_request(self, body: dict[str, Any], *, model: str | None = None, stream: bool | None = None) -> Request:
        return read_request(body, model, stream)

    def write_request(self, request: Request) -> Written:
        return write_request(request)

    def read_answer(self, body: dict[str, Any]) -> Answer:
        return read_answer(body)

    def write_answer(self, answer: Answer, request: Request) -> dict[str, Any]:
        return write_answer(answer)

    def reader(self) -> Reader:
        return Reader()

    def writer(self, request: Request) -> Writer:
        return Writer(request)

    def watch(self, request_body: dict[str, Any]) -> Watch:
        return Watch()

    def read_usage(self, body: dict[str, Any]) -> Usage | None:
        return read_usage(body)

    def read_error(self, status: int, body: bytes) -> TriforceError:
        return read_error(status, body)

    def write_error(self, error: TriforceError, request_id: str) -> dict[str, Any]:
        return write_error(error, request_id)

    def tool_problems(self, tool: Tool) -> list[ToolProblem]:
        return tool_problems(tool)

    def replace_model(self, body: dict[str, Any], model: str, *, stream: bool) -> tuple[str, dict[str, Any]]:
        return PATH, {**body, "model": model}

    def read_count_request(self, body: dict[str, Any], *, model: str | None = None) -> Request:
        return read_count_request(body, model)

    def write_count_request(self, request: Request) -> Written:
        return write_count_request(request)

    def read_count(self, body: dict[str, Any]) -> int:
        """Raises UpstreamFailed where it is no number of tokens."""
        tokens = body.get("input_tokens")
        if not isinstance(tokens, int):
            raise UpstreamFailed("The provider did not count the tokens.", "Try again.")
        return tokens

    def write_count(self, tokens: int) -> dict[str, Any]:
        return {"input_tokens": tokens}

    def pass_count(self, body: dict[str, Any], model: str) -> tuple[str, dict[str, Any]]:
        return COUNT_PATH, {**body, "model": model}
