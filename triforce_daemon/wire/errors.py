"""How an error travels from the daemon to its clients."""

from typing import NotRequired

from typing_extensions import TypedDict


class ErrorBody(TypedDict):
    """What went wrong: `code` is for programs, `message` and `hint` are for people."""

    code: str
    message: str
    hint: str | None
    request_id: str | None
    retry_after_ms: NotRequired[int]
    #: Names that exist and look like the one that was asked for.
    near: NotRequired[list[str]]
    #: The approval that somebody else has to give.
    approval: NotRequired[str]


class ErrorReply(TypedDict):
    error: ErrorBody
