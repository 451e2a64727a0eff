"""Whether a request brings the provider's own kind of credential, and one that is accepted."""

from collections.abc import Collection

from tests.scriptable_upstream.http_request import Request
from tests.scriptable_upstream.provider_errors import Problem
from tests.scriptable_upstream.providers import Provider

#: The newer one is what Anthropic's clients send since it came out; the older one goes on as it was.
VERSIONS = ("2023-06-01", "2026-10-21")


def presented(provider: Provider, request: Request) -> str:
    """The key in the place where this provider looks for it; empty where there is none.

    Anthropic looks in both headers, first in its own.
    """
    if provider.credential == "x-api-key" and request.header("x-api-key"):
        return request.header("x-api-key") or ""
    if provider.credential == "x-goog-api-key":
        return request.header("x-goog-api-key") or request.query.get("key", "")
    scheme, _, key = (request.header("authorization") or "").partition(" ")
    return key if scheme.lower() == "bearer" else ""


def refusal(provider: Provider, request: Request, accepted: Collection[str] | None) -> Problem | None:
    """Why the provider does not let this request in. `accepted` None: any key does, and none too."""
    key = presented(provider, request)
    if accepted is not None and not key:
        return Problem(provider.unasked, "no_key")
    if accepted is not None and key not in accepted:
        return Problem(provider.refused, "key")
    if provider.credential == "x-api-key":
        return _version_refusal(request.header("anthropic-version"))
    return None


def _version_refusal(version: str | None) -> Problem | None:
    if version is None:
        return Problem(400, "invalid", "anthropic-version: header is required")
    if version not in VERSIONS:
        return Problem(400, "invalid", f'anthropic-version: "{version}" is not a valid version')
    return None
