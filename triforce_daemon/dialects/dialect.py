"""What a dialect can do: both directions of one wire format. `dialects/<name>/dialect.py` holds one of each."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from triforce_daemon.dialects.canonical import (
    Answer,
    DialectName,
    EmbeddingRequest,
    Embeddings,
    Event,
    Request,
    Tool,
    Usage,
    Written,
)
from triforce_daemon.dialects.tool_problems import ToolProblem
from triforce_daemon.errors import TriforceError


class StreamReader(Protocol):
    """Reads an upstream's stream, however the network splits it."""

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that are whole now. A malformed line is skipped and counted in `malformed`."""
        ...

    def end(self) -> list[Event]:
        """The upstream closed its stream: what was still waiting. `complete` tells whether it had said its end."""
        ...

    complete: bool
    malformed: int


class StreamWriter(Protocol):
    """Writes a client's stream; each method returns bytes to send, perhaps none."""

    def write(self, event: Event) -> bytes:
        """The bytes of one event. `Failed` has none: who reads it says so with `fail`."""
        ...

    def finish(self) -> bytes:
        """The end of an answer that succeeded: after it nothing follows. Sent once the usage is on disk."""
        ...

    def fail(self, error: TriforceError, request_id: str) -> bytes:
        """The end of an answer that did not: in the dialect's own words, and never looking like success."""
        ...


class Watch(Protocol):
    """Looks on while a stream passes through as bytes: both sides speak the dialect."""

    def feed(self, chunk: bytes) -> bytes:
        """What may go on to the client now: as it came, but for its end, which waits in `end`."""
        ...

    def rest(self) -> bytes:
        """The upstream closed its stream in good order: what was still waiting. `ended` tells whether that was all."""
        ...

    #: Whether anything visible to a person has come; before that another candidate may still take over.
    begun: bool
    #: How many pieces have come: stands in for the tokens where the provider gives no usage.
    pieces: int
    ended: bool
    error: TriforceError | None

    @property
    def usage(self) -> Usage | None:
        """As far as the provider has told it."""
        ...

    @property
    def end(self) -> bytes:
        """The held-back end of the stream."""
        ...


class Dialect(Protocol):
    @property
    def name(self) -> DialectName: ...

    @property
    def content_type(self) -> str:
        """Of its streams."""
        ...

    @property
    def spelling(self) -> Mapping[str, str]:
        """The vocabulary's fields that its clients write otherwise, by their place in the body."""
        ...

    def read_request(self, body: dict[str, Any], *, model: str | None = None, stream: bool | None = None) -> Request:
        """`model` and `stream` as far as the path tells them (gemini). Raises InvalidRequest that names the field."""
        ...

    def write_request(self, request: Request) -> Written: ...

    def read_answer(self, body: dict[str, Any]) -> Answer:
        """Raises UpstreamFailed where it is no answer."""
        ...

    def write_answer(self, answer: Answer, request: Request) -> dict[str, Any]: ...

    def reader(self) -> StreamReader: ...

    def writer(self, request: Request) -> StreamWriter: ...

    def watch(self, request_body: dict[str, Any]) -> Watch: ...

    def read_usage(self, body: dict[str, Any]) -> Usage | None:
        """Of a whole answer that passes through."""
        ...

    def read_error(self, status: int, body: bytes) -> TriforceError: ...

    def write_error(self, error: TriforceError, request_id: str) -> dict[str, Any]: ...

    def tool_problems(self, tool: Tool) -> list[ToolProblem]:
        """What its upstreams would make of a tool's declaration."""
        ...

    def replace_model(self, body: dict[str, Any], model: str, *, stream: bool) -> tuple[str, dict[str, Any]]:
        """For a body that passes through: the path and the body that ask the upstream for `model`."""
        ...


@runtime_checkable
class CountsTokens(Protocol):
    """A dialect in which one can ask how many tokens a prompt has."""

    def read_count_request(self, body: dict[str, Any], *, model: str | None = None) -> Request: ...

    def write_count_request(self, request: Request) -> Written: ...

    def read_count(self, body: dict[str, Any]) -> int: ...

    def write_count(self, tokens: int) -> dict[str, Any]: ...

    def pass_count(self, body: dict[str, Any], model: str) -> tuple[str, dict[str, Any]]:
        """As `replace_model`, for a question that passes through."""
        ...


@runtime_checkable
class Embeds(Protocol):
    """A dialect that has embeddings."""

    def read_embedding_request(self, body: dict[str, Any], *, model: str | None = None) -> EmbeddingRequest: ...

    def write_embedding_request(self, request: EmbeddingRequest) -> Written: ...

    def read_embeddings(self, body: dict[str, Any]) -> Embeddings: ...

    def write_embeddings(self, embeddings: Embeddings, body: dict[str, Any]) -> dict[str, Any]:
        """`body`: what the client asked, for what only his dialect has (OpenAI's encoding_format)."""
        ...

    def pass_embedding(self, body: dict[str, Any], model: str) -> tuple[str, dict[str, Any]]:
        """As `replace_model`, for a question that passes through."""
        ...
