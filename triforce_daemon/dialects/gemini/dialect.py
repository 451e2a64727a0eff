"""Google's generateContent: https://ai.google.dev/api/generate-content"""

from typing import Any

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
from triforce_daemon.dialects.gemini.answer import read_answer, write_answer
from triforce_daemon.dialects.gemini.count import (
    pass_count,
    read_count,
    read_count_request,
    write_count,
    write_count_request,
)
from triforce_daemon.dialects.gemini.embeddings import (
    pass_embedding,
    read_embedding_request,
    read_embeddings,
    write_embedding_request,
    write_embeddings,
)
from triforce_daemon.dialects.gemini.errors import read_error, write_error
from triforce_daemon.dialects.gemini.reader import Reader
from triforce_daemon.dialects.gemini.request import SPELLING, generate_path, read_request, write_request
from triforce_daemon.dialects.gemini.tool_rules import tool_problems
from triforce_daemon.dialects.gemini.usage import read_usage
from triforce_daemon.dialects.gemini.watch import Watch
from triforce_daemon.dialects.gemini.writer import Writer
from triforce_daemon.dialects.tool_problems import ToolProblem
from triforce_daemon.errors import TriforceError


class Gemini:
    name: DialectName = "gemini"
    content_type = "text/event-stream"
    spelling = SPELLING

    def read_request(self, body: dict[str, Any], *, model: str | None = None, stream: bool | None = None) -> Request:
        return read_request(body, model, stream)

    def write_request(self, request: Request) -> Written:
        return write_request(request)

    def read_answer(self, body: dict[str, Any]) -> Answer:
        return read_answer(body)

    def write_answer(self, answer: Answer, request: Request) -> dict[str, Any]:
        return write_answer(answer, request)

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
        """The model stands in the path; a body that names one as well loses it."""
        body = {name: value for name, value in body.items() if name != "model"} if "model" in body else body
        return generate_path(model, stream=stream), body

    def read_count_request(self, body: dict[str, Any], *, model: str | None = None) -> Request:
        return read_count_request(body, model)

    def write_count_request(self, request: Request) -> Written:
        return write_count_request(request)

    def read_count(self, body: dict[str, Any]) -> int:
        return read_count(body)

    def write_count(self, tokens: int) -> dict[str, Any]:
        return write_count(tokens)

    def pass_count(self, body: dict[str, Any], model: str) -> tuple[str, dict[str, Any]]:
        return pass_count(body, model)

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
