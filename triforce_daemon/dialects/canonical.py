"""The vocabulary between the dialects: what is asked of a model, the whole answer, and the events of a streamed one.

Plain JSON types throughout: a store can keep them, a test can write them down. What only one dialect knows travels in
`extras` under that dialect's name and is used again only where the other side speaks the same dialect.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, NotRequired, TypedDict

DialectName = Literal["openai_chat", "openai_responses", "openai_completions", "anthropic", "gemini", "ollama"]
Role = Literal["system", "user", "assistant", "tool"]
Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "refusal", "pause", "other"]


# The parts of a message


class Described(TypedDict):
    """What has sides that only one dialect knows: {"anthropic": {"cache_control": …}}, given back to that dialect."""

    extras: NotRequired[dict[str, dict[str, Any]]]


class TextPart(Described):
    type: Literal["text"]
    text: str


class ImagePart(Described):
    """By `data` (base64) with its media type, or by `url`."""

    type: Literal["image"]
    media_type: str | None
    data: str | None
    url: str | None
    detail: NotRequired[str]


class FilePart(Described):
    """A document, or sound; by `data` (base64), by `url`, or by the provider's own `file_id`."""

    type: Literal["file"]
    media_type: str | None
    name: str | None
    data: str | None
    url: str | None
    file_id: NotRequired[str]


class ThinkingPart(Described):
    """Reasoning. `signature` is opaque and means something only to the dialect that made it, which `origin` names."""

    type: Literal["thinking"]
    text: str
    signature: str | None
    origin: DialectName
    #: Reasoning that the provider sends only encrypted, in `signature`.
    redacted: NotRequired[bool]
    id: NotRequired[str]


class ToolCallPart(Described):
    """`arguments` is the JSON text exactly as the model wrote it; it is never parsed and dumped again on the way."""

    type: Literal["tool_call"]
    id: str
    name: str
    arguments: str
    #: Gemini signs calls; to be given back with them.
    signature: NotRequired[str]


class ToolResultPart(Described):
    type: Literal["tool_result"]
    id: str
    #: The tool's name, where the caller told it; Gemini and Ollama go by it.
    name: str | None
    content: list["TextPart | ImagePart | FilePart"]
    failed: bool


class RefusalPart(Described):
    type: Literal["refusal"]
    text: str


class ForeignPart(TypedDict):
    """A part that only the dialect `origin` knows (a call of the server's own tool): for that dialect, as it came."""

    type: Literal["foreign"]
    origin: DialectName
    value: dict[str, Any]


Part = TextPart | ImagePart | FilePart | ThinkingPart | ToolCallPart | ToolResultPart | RefusalPart | ForeignPart


class Message(Described):
    role: Role
    parts: list[Part]


# What is asked


class Tool(Described):
    name: str
    description: str | None
    #: JSON Schema of the arguments; an empty dict where the tool takes none.
    schema: dict[str, Any]
    strict: NotRequired[bool]
    #: It takes free text, of this format; for those who do not know such tools, `schema` has one argument, `input`.
    freeform: NotRequired[dict[str, Any]]


class ToolChoice(TypedDict):
    mode: Literal["auto", "none", "required", "one"]
    #: With `one`: which.
    name: NotRequired[str]


class OutputFormat(TypedDict):
    """`json`: any JSON object; `schema`: JSON that fits `schema`."""

    type: Literal["text", "json", "schema"]
    name: NotRequired[str]
    description: NotRequired[str]
    schema: NotRequired[dict[str, Any]]
    strict: NotRequired[bool]


class Thinking(TypedDict):
    """How much to reason: by effort, by a budget of tokens, or not at all; absent means that nobody said."""

    effort: NotRequired[Effort]
    budget: NotRequired[int]
    #: Whether the reasoning (or its summary) shall be shown.
    visible: NotRequired[bool]


@dataclass(slots=True)
class Request:
    """A conversation and how to go on with it. None: nobody said."""

    model: str
    messages: list[Message]
    stream: bool = False
    # Made by `list`: `list[Tool]` takes five times as long to call.
    tools: list[Tool] = field(default_factory=list)
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: list[str] = field(default_factory=list)
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    output: OutputFormat | None = None
    thinking: Thinking | None = None
    user: str | None = None
    #: The client asked for usage inside the stream (OpenAI's stream_options).
    include_usage: bool = False
    #: What only the client's dialect knows: {"anthropic": {"metadata": …}}.
    extras: dict[str, dict[str, Any]] = field(default_factory=dict)


class Written(NamedTuple):
    """A request in an upstream's dialect: `path` is appended to the base URL; `dropped` names what it cannot say."""

    path: str
    body: dict[str, Any]
    dropped: list[str]


@dataclass(slots=True)
class EmbeddingRequest:
    """Texts to turn into vectors."""

    model: str
    inputs: list[str]
    dimensions: int | None = None
    user: str | None = None
    extras: dict[str, dict[str, Any]] = field(default_factory=dict)


# What comes back


class Usage(TypedDict):
    input_tokens: int
    """All of the prompt, cached or not."""
    output_tokens: int
    """All that was generated, reasoning included."""
    cached_tokens: NotRequired[int]
    cache_write_tokens: NotRequired[int]
    reasoning_tokens: NotRequired[int]


@dataclass(slots=True)
class Answer:
    """A whole answer: the parts of the assistant's message in their order."""

    id: str
    model: str
    parts: list[Part]
    finish: FinishReason
    usage: Usage | None
    #: The text that ended it, where a stop sequence did and the provider says which.
    stop_sequence: str | None = None


@dataclass(slots=True)
class Embeddings:
    """One vector a text, in the order of the texts."""

    model: str
    vectors: list[list[float]]
    usage: Usage | None = None


# The events of a stream, in the order of the answer's parts. `index` counts the parts from 0 and never goes back.


class Started(TypedDict):
    type: Literal["started"]
    id: str
    model: str
    #: Anthropic tells the prompt's tokens at the start.
    usage: NotRequired[Usage]


class TextDelta(TypedDict):
    type: Literal["text"]
    index: int
    text: str


class ThinkingDelta(TypedDict):
    type: Literal["thinking"]
    index: int
    text: str


class ThinkingSigned(TypedDict):
    """Ends a thinking part; `redacted` as in ThinkingPart."""

    type: Literal["signature"]
    index: int
    signature: str
    origin: DialectName
    redacted: NotRequired[bool]
    #: As in ThinkingPart.
    id: NotRequired[str]


class ToolCallStarted(TypedDict):
    type: Literal["tool_call"]
    index: int
    id: str
    name: str
    signature: NotRequired[str]


class ToolCallDelta(TypedDict):
    """The next piece of a call's arguments, exactly as it came."""

    type: Literal["arguments"]
    index: int
    text: str


class RefusalDelta(TypedDict):
    type: Literal["refusal"]
    index: int
    text: str


class Finished(TypedDict):
    type: Literal["finished"]
    reason: FinishReason
    stop_sequence: NotRequired[str]


class Used(TypedDict):
    """May come more than once; the last one counts."""

    type: Literal["usage"]
    usage: Usage


class Failed(TypedDict):
    """An error inside a stream; nothing follows it."""

    type: Literal["failed"]
    code: str
    message: str


class Continued(TypedDict):
    """Somebody else goes on from here: `after` broke off for `reason`, `by` answers now; the ids of models."""

    type: Literal["continued"]
    after: str
    by: str
    reason: str
    #: What he calls his model.
    model: str


Event = (
    Started
    | TextDelta
    | ThinkingDelta
    | ThinkingSigned
    | ToolCallStarted
    | ToolCallDelta
    | RefusalDelta
    | Finished
    | Used
    | Failed
    | Continued
)
