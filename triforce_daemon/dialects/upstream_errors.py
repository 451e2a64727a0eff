"""What an upstream's refusal means, whichever dialect it comes in."""

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

SHORTEN = "Shorten the conversation, or choose a model with a larger context."


def error_of(
    status: int, message: str, *, context_exceeded: bool = False, retry_after_ms: int | None = None
) -> TriforceError:
    """The error that stands for `status` and the provider's own `message`, with the status kept."""
    if context_exceeded:
        return ContextExceeded(message, SHORTEN, upstream_status=status)
    if status in (400, 404, 413, 422):
        refused = InvalidRequest(f"The provider refused the request: {message}", upstream_status=status)
        refused.status = status  # the client is told 404, 413 and 422 as they are
        return refused
    if status in (401, 402, 403):
        hint = "The daemon's key for this provider is invalid, unpaid or lacks the right; yours is not meant."
        return KeyRejected(f"The provider refused the key: {message}", hint, upstream_status=status)
    if status == 429:
        return UpstreamLimited(
            f"The provider is limiting requests: {message}",
            "Wait, or try another model.",
            retry_after_ms=retry_after_ms,
            upstream_status=status,
        )
    if status in (503, 529):
        return ProviderUnavailable(
            f"The provider is not ready: {message}",
            "Try again in a moment.",
            retry_after_ms=retry_after_ms,
            upstream_status=status,
        )
    if status in (408, 504):
        return UpstreamTimeout(f"The provider took too long: {message}", "Try again.", upstream_status=status)
    return UpstreamFailed(f"The provider failed: {message}", "Try again, or try another model.", upstream_status=status)
