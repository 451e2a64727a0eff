"""OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat"""

import time
from collections.abc import Callable
from typing import Any

from triforce_daemon.dialects import openai_error
from triforce_daemon.dialects.canonical import (
    Answer,
    DialectName,
    EmbeddingRequest,
    Embeddings,
    Request,
    Tool,
    Usage,
    Written,
)
from triforce_daemon.dialects.dialect import StreamWriter
from triforce_daemon.dialects.openai_chat.answer import read_answer, write_answer
from triforce_daemon.dialects.openai_chat.embeddings import (
    pass_embedding,
    read_embedding_request,
    read_embeddings,
    write_embedding_request,
    write_embeddings,
)
from triforce_daemon.dialects.openai_chat.reader import Reader
from triforce_daemon.dialects.openai_chat.request import (
    SPELLING,
    read_request,
    replace_model,
    wants_usage,
    write_request,
)
from triforce_daemon.dialects.openai_chat.usage import read_usage
from triforce_daemon.dialects.openai_chat.watch import Watch
from triforce_daemon.dialects.openai_chat.writer import Writer
from triforce_daemon.dialects.openai_tool_rules import tool_problems
from triforce_daemon.dialects.tool_problems import ToolProblem
from triforce_daemon.errors import TriforceError


class OpenAIChat:
    name: DialectName = "openai_chat"
    content_type = "text/event-stream"
    spelling = SPELLING

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        """`now`: seconds since 1970, for `created`."""
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

    def writer(self, request: Request) -> StreamWriter:
        return Writer(request, int(self._now()))

    def watch(self, request_body: dict[str, Any]) -> Watch:
        """`request_body`: as the client sent it."""
        return Watch(keep_usage=wants_usage(request_body))

    def read_usage(self, body: dict[str, Any]) -> Usage | None:
        return read_usage(body)

    def read_error(self, status: int, body: bytes) -> TriforceError:
        return openai_error.read_error(status, body)

    def write_error(self, error: TriforceError, request_id: str) -> dict[str, Any]:
        return openai_error.write_error(error, request_id)

    def tool_problems(self, tool: Tool) -> list[ToolProblem]:
        return tool_problems(tool)

    def replace_model(self, body: dict[str, Any], model: str, *, stream: bool) -> tuple[str, dict[str, Any]]:
        return replace_model(body, model, stream=stream)

    def read_embedding_request(self, body: dict[str, Any], *, model: str | None = None) -> EmbeddingRequest:
        return read_embedding_request(body, model)

    def write_embedding_request(self, request: EmbeddingRequest) -> Written:
        return write_embedding_request(request)

    def read_embeddings(self, body: dict[str, Any]) -> Embeddings:
        return read_embeddings(body)

    def write_embeddings(self, embeddings: Embeddings, body: dict[str, Any]) -> dict[str, Any]:
        return write_embeddings(embeddings, body)

    def pass_embedding(self, body: dict[str, Any], model: str) -> tuple[str, dict[str, Any]]:
        return pass_embedding(body, model)
