"""A request to the app itself, without a listener: as many of them as there are routes, in a moment."""

from typing import Any
from urllib.parse import quote

import orjson
from starlette.types import ASGIApp, Message

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.routes.app import all_routes
from triforce_daemon.routes.openapi import document
from triforce_daemon.routes.table import DirectRoute, PolicedRoute

Header = tuple[bytes, bytes]


def every_route() -> list[tuple[str, str]]:
    """The method and the path of each, as declared."""
    routes = [route for route in all_routes() if isinstance(route, PolicedRoute | DirectRoute)]
    return [(method, route.path) for route in routes for method in sorted(route.methods or ())]


def described() -> dict[str, Any]:
    """What the daemon says of its routes."""
    return document(all_routes())


async def asked(
    app: ASGIApp,
    served: ServedDaemon,
    method: str,
    path: str,
    *,
    token: str | None = None,
    query: str = "",
    body: bytes = b"",
    headers: tuple[Header, ...] = (),
    state: dict[str, Any] | None = None,
) -> tuple[int, bytes]:
    """The status and the body of the answer; `path` is not encoded yet. By http, unless `state` says otherwise."""
    given = [
        (b"host", f"127.0.0.1:{served.http.port}".encode()),
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    if token is not None:
        given.append((b"authorization", f"Bearer {token}".encode()))
    scope: dict[str, Any] = {
        "type": "http", "method": method, "path": path, "raw_path": quote(path).encode(), "http_version": "1.1",
        "query_string": query.encode(), "headers": [*given, *headers], "scheme": "http", "root_path": "",
        "state": dict(state or {"listener": "http"}),
    }  # fmt: skip
    sent: list[Message] = []
    left = [body]

    async def receive() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def json_of(value: object) -> bytes:
    return orjson.dumps(value)
