"""What every error of the daemon is: a code, a sentence, and what to do about it."""

from typing import ClassVar, Self

from triforce_daemon.wire.errors import ErrorBody


class TriforceError(Exception):
    """An error that a person can read: a code, a sentence, and what to do about it."""

    code: ClassVar[str] = "internal_error"
    status: int = 500
    #: Somebody known wanted what is not for him, or too much of it: the audit keeps that.
    audited: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        hint: str | None = None,
        *,
        near: list[str] | None = None,
        retry_after_ms: int | None = None,
        upstream_status: int | None = None,
    ) -> None:
        """`upstream_status`: what the provider answered, where the error is his."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.near = near
        self.retry_after_ms = retry_after_ms
        self.upstream_status = upstream_status

    def apart(self) -> Self:
        """The same error for who keeps it, or raises one that was kept: without the frames that it came through.

        An error holds them, and they hold what keeps it: a circle, which stays until the collector finds it.
        """
        other = type(self).__new__(type(self), *self.args)
        other.__dict__.update(self.__dict__)
        return other

    def body(self, request_id: str | None = None) -> ErrorBody:
        """The error as it travels to a client."""
        body = ErrorBody(code=self.code, message=self.message, hint=self.hint, request_id=request_id)
        if self.near is not None:
            body["near"] = self.near
        if self.retry_after_ms is not None:
            body["retry_after_ms"] = self.retry_after_ms
        return body
