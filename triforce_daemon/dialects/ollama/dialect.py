"""Ollama's API: https://docs.ollama.com/api"""

import time
from collections.abc import Callable
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
from triforce_daemon.dialects.ollama import errors, generate
from triforce_daemon.dialects.ollama.answer import read_answer, read_usage, write_answer
from triforce_daemon.dialects.ollama.embeddings import (
    PROMPT_PATH,
    pass_embedding,
    read_embedding_request,
    read_embeddings,
    read_prompt,
    write_embedding_request,
    write_embeddings,
)
from triforce_daemon.dialects.ollama.loading import only_loads, write_loaded
from triforce_daemon.dialects.ollama.reader import Reader
from triforce_daemon.dialects.ollama.request import PATH, SPELLING, read_request, replace_model, write_request
from triforce_daemon.dialects.ollama.tool_rules import tool_problems
from triforce_daemon.dialects.ollama.watch import Watch
from triforce_daemon.dialects.ollama.writer import Writer
from triforce_daemon.dialects.tool_problems import ToolProblem
from triforce_daemon.errors import TriforceError


class Ollama:
    """/api/chat; for upstreams, this one only."""

    name: DialectName = "ollama"
    content_type = "application/x-ndjson"
    spelling = SPELLING

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        """`now`: seconds since 1970, for `created_at` and the durations."""
        self._now = now

    def read_request(self, body: dict[str, Any], *, model: str | None = None, stream: bool | None = None) -> Request:
        return read_request(body, model, stream)

    def write_request(self, request: Request) -> Written:
        return write_request(request)

    def read_answer(self, body: dict[str, Any]) -> Answer:
        return read_answer(body)

    def write_answer(self, answer: Answer, request: Request) -> dict[str, Any]:
        return write_answer(answer, self._now())

    def reader(self) -> Reader:
        return Reader()

    def writer(self, request: Request) -> Writer:
        return Writer(request, self._now)

    def watch(self, request_body: dict[str, Any]) -> Watch:
        return Watch()

    def read_usage(self, body: dict[str, Any]) -> Usage | None:
        return read_usage(body)

    def read_error(self, status: int, body: bytes) -> TriforceError:
        return errors.read_error(status, body)

    def write_error(self, error: TriforceError, request_id: str) -> dict[str, Any]:
        return errors.write_error(error)

    def tool_problems(self, tool: Tool) -> list[ToolProblem]:
        return tool_problems(tool)

    def replace_model(self, body: dict[str, Any], model: str, *, stream: bool) -> tuple[str, dict[str, Any]]:
        return replace_model(body, model, PATH)

    def only_loads(self, body: dict[str, Any]) -> bool:
        """Whether a request asks nothing of the model but to be there, or to go."""
        return only_loads(body)

    def write_loaded(self, body: dict[str, Any]) -> dict[str, Any]:
        return write_loaded(body, self._now())

    def read_embedding_request(self, body: dict[str, Any], *, model: str | None = None) -> EmbeddingRequest:
        return read_embedding_request(body, model)

    def write_embedding_request(self, request: EmbeddingRequest) -> Written:
        return write_embedding_request(request)

    def read_embeddings(self, body: dict[str, Any]) -> Embeddings:
        return read_embeddings(body)

    def write_embeddings(self, embeddings: Embeddings, body: dict[str, Any]) -> dict[str, Any]:
        return write_embeddings(embeddings)

    def pass_embedding(self, body: dict[str, Any], model: str) -> tuple[str, dict[str, Any]]:
        return pass_embedding(body, model)


class OllamaGenerate(Ollama):
    """/api/generate, for clients."""

    def read_request(self, body: dict[str, Any], *, model: str | None = None, stream: bool | None = None) -> Request:
        return generate.read_request(body, model, stream)

    def write_answer(self, answer: Answer, request: Request) -> dict[str, Any]:
        return generate.flat_answer(answer, self._now())

    def writer(self, request: Request) -> Writer:
        return generate.FlatWriter(request, self._now)

    def replace_model(self, body: dict[str, Any], model: str, *, stream: bool) -> tuple[str, dict[str, Any]]:
        return replace_model(body, model, generate.PATH)


class OllamaEmbedding(Ollama):
    """/api/embeddings, one text at a time, for clients."""

    def read_embedding_request(self, body: dict[str, Any], *, model: str | None = None) -> EmbeddingRequest:
        return read_prompt(body, model)

    def write_embeddings(self, embeddings: Embeddings, body: dict[str, Any]) -> dict[str, Any]:
        return {"embedding": embeddings.vectors[0]}

    def pass_embedding(self, body: dict[str, Any], model: str) -> tuple[str, dict[str, Any]]:
        return pass_embedding(body, model, PROMPT_PATH)
