"""Providers' words without our keys in them: some repeat a key that they turn down."""

from collections.abc import Mapping

from triforce_daemon.errors import TriforceError

_HOLDERS = ("authorization", "x-api-key", "x-goog-api-key")
#: What is shorter is no key, and may be a part of any word.
_SHORTEST = 6


def hushed(error: TriforceError, headers: Mapping[str, str]) -> TriforceError:
    """The same error, without the secrets of the request's `headers`."""
    for name in _HOLDERS:
        secret = headers.get(name, "").removeprefix("Bearer ")
        if len(secret) >= _SHORTEST and secret in error.message:
            error.message = error.message.replace(secret, "…")
            error.args = (error.message,)
    return error
