"""What a provider's status means, whichever dialect it comes in."""

import pytest

from triforce_daemon.dialects.upstream_errors import error_of
from triforce_daemon.errors import (
    ContextExceeded,
    InvalidRequest,
    KeyRejected,
    ProviderUnavailable,
    TriforceError,
    UpstreamFailed,
    UpstreamLimited,
    UpstreamTimeout,
)


@pytest.mark.parametrize(
    ("status", "error", "shown"),
    [
        (400, InvalidRequest, 400),
        (404, InvalidRequest, 404),
        (413, InvalidRequest, 413),
        (422, InvalidRequest, 422),
        (401, KeyRejected, 502),
        (402, KeyRejected, 502),
        (403, KeyRejected, 502),
        (408, UpstreamTimeout, 504),
        (504, UpstreamTimeout, 504),
        (429, UpstreamLimited, 429),
        (503, ProviderUnavailable, 503),
        (529, ProviderUnavailable, 503),
        (409, UpstreamFailed, 502),
        (410, UpstreamFailed, 502),
        (500, UpstreamFailed, 502),
        (302, UpstreamFailed, 502),
    ],
)
def test_every_status_has_its_error(status: int, error: type[TriforceError], shown: int) -> None:
    found = error_of(status, "Because.", retry_after_ms=2000)
    assert type(found) is error
    assert (found.status, found.upstream_status) == (shown, status)
    assert found.message.endswith(": Because.")
    assert found.retry_after_ms == (2000 if status in (429, 503, 529) else None)


def test_a_conversation_that_is_too_long_keeps_the_provider_s_words() -> None:
    error = error_of(400, "9 > 8", context_exceeded=True)
    assert type(error) is ContextExceeded
    assert (error.message, error.upstream_status) == ("9 > 8", 400)
    assert error.hint
