"""What browsers are told: how to treat answers that come over the network, and which pages may read them."""

from starlette.types import Scope

from triforce_daemon.access.identification import Entrance
from triforce_daemon.wire import constants

Headers = list[tuple[bytes, bytes]]

#: Answers are data and nothing else, for their caller alone.
_PROTECTION: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
]
_PROTECTION_OF: dict[str, Headers] = {
    "http": _PROTECTION,
    "https": [*_PROTECTION, (b"strict-transport-security", b"max-age=31536000")],
}

#: Of what the daemon's answers say in headers, what the scripts of a page may read.
_READABLE = ", ".join(
    (
        constants.REQUEST_ID_HEADER,
        constants.ROUTE_HEADER,
        constants.ATTEMPTS_HEADER,
        constants.DROPPED_HEADER,
        constants.CACHE_HEADER,
        "retry-after",
    )
).encode()

#: What a page is told that asks before it sends. Its token is a header like others: nothing here is a cookie.
PERMISSION: Headers = [
    (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE"),
    (b"access-control-allow-headers", b"*, authorization"),
    (b"access-control-max-age", b"600"),
]


def headers(scope: Scope, entrance: Entrance) -> Headers:
    """What each answer to this request carries."""
    protection = _PROTECTION_OF[scope["state"]["listener"]]
    if not entrance.origins.shares_any or (origin := _origin(scope, entrance)) is None:
        return protection
    shared = [
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", _READABLE),
        (b"vary", b"Origin"),
    ]
    return [*protection, *shared]


def asks_first(scope: Scope, entrance: Entrance) -> bool:
    """Whether a browser asks, for a page that is allowed, what that page may send."""
    if scope["method"] != "OPTIONS" or not entrance.origins.shares_any or _origin(scope, entrance) is None:
        return False
    return any(name == b"access-control-request-method" for name, _ in scope["headers"])


def _origin(scope: Scope, entrance: Entrance) -> bytes | None:
    """The page that sent this, where the owner has allowed it."""
    for name, value in scope["headers"]:
        if name == b"origin":
            return value if entrance.origins.shares_with(value) else None
    return None
