"""What is said to whoever sends what is no request: an answer of HTTP where no app could give one."""

import logging
from http import HTTPStatus

import httptools

from triforce_daemon.errors import InvalidRequest, TriforceError
from triforce_daemon.routes.refusal import write_error

log = logging.getLogger(__name__)

#: What the parser's callbacks raise over what the other end sent; all else is a mistake of ours.
_OF_THE_CLIENT = (TriforceError, httptools.HttpParserError, UnicodeDecodeError)


def fault_of(error: httptools.HttpParserError) -> TriforceError:
    """What to tell of what the parser, or a callback of it, did not take."""
    cause = error.__context__ if isinstance(error, httptools.HttpParserCallbackError) else error
    if isinstance(cause, TriforceError):
        return cause
    if not isinstance(cause, _OF_THE_CLIENT):
        log.error("the head of a request was not understood", exc_info=error)
    return InvalidRequest("The request is not HTTP as this daemon reads it.", "Send HTTP/1.1 as RFC 9112 has it.")


def whole_answer(error: TriforceError) -> bytes:
    """An error as an answer of HTTP, for where no request is that the app could answer."""
    content = write_error(error, None)
    again = b"retry-after: %d\r\n" % (error.retry_after_ms // 1_000) if error.retry_after_ms else b""
    return (
        b"HTTP/1.1 %d %s\r\n" % (error.status, HTTPStatus(error.status).phrase.encode())
        + b"content-type: application/json\r\nx-content-type-options: nosniff\r\ncache-control: no-store\r\n"
        + again
        + b"content-length: %d\r\nconnection: close\r\n\r\n" % len(content)
        + content
    )
