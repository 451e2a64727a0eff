"""The vocabulary between the dialects: a conversation, and the pieces in which an answer comes."""

from dataclasses import dataclass, field
from typing import Literal

from typing_extensions import TypedDict

from triforce_daemon.wire.sessions import Options
from triforce_daemon.wire.usage import Usage

FinishReason = Literal["stop", "length", "content_filter", "other"]


class Message(TypedDict):
    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is asked of a model, whatever wire format it speaks."""

    messages: list[Message]
    options: Options = field(default_factory=Options)
    json_schema: dict[str, object] | None = None


class Text(TypedDict):
    type: Literal["text"]
    text: str


class Finish(TypedDict):
    type: Literal["finish"]
    reason: FinishReason


class Used(TypedDict):
    type: Literal["usage"]
    usage: Usage


Piece = Text | Finish | Used
