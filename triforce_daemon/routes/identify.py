"""The door: gives each request its id and finds out who calls, before anything else runs."""

from collections.abc import Awaitable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.access.elsewhere import Unheard
from triforce_daemon.access.identification import Entrance, Identification, Known
from triforce_daemon.access.password_check import Basic
from triforce_daemon.errors import TriforceError
from triforce_daemon.routes import web
from triforce_daemon.routes.challenge import challenge
from triforce_daemon.routes.parts import Parts, address_of
from triforce_daemon.routes.refusal import headers_of, write_error
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.identifiers import RequestIds
from triforce_daemon.runtime.logs import current_listener, current_request
from triforce_daemon.services.refusals import Refusals
from triforce_daemon.services.request_book import Asked, RequestBook
from triforce_daemon.wire.constants import PROTOCOL, PROTOCOL_HEADER, REQUEST_ID_HEADER

_REQUEST_ID = REQUEST_ID_HEADER.encode()
_SPOKEN = (PROTOCOL_HEADER.encode(), str(PROTOCOL).encode())


@dataclass(slots=True)
class Begun:
    """A request from its beginning on; when it was answered, by the clock's ticks."""

    name: str
    now_ms: int
    answered: float | None = None
    status: int | None = None


class Door:
    """Wraps the app. Each listener has its own way to tell who calls; from one that is unknown, nobody is known."""

    def __init__(self, app: ASGIApp, parts: Parts, clock: Clock) -> None:
        self._app = app
        self._parts = parts
        self._clock = clock
        self._ids = RequestIds()
        self._identification = parts.get(Identification)
        self._refusals = parts.get(Refusals)
        self._book = parts.get(RequestBook)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        now_ms, begun = self._clock.now_ms(), self._clock.ticks()
        request = Begun(self._ids.next(now_ms), now_ms)
        current_request.set(request.name)
        state = scope.setdefault("state", {})
        try:
            await self._serve(scope, receive, send, request)
            # Taken out, and forgotten here as well: its traceback holds the scope and this frame, and with them the
            # body, until the next full collection.
            if (refused := state.pop("refused", None)) is not None:
                await self._note(refused, scope)
                del refused
        finally:
            seconds = (request.answered or self._clock.ticks()) - begun
            self._book.add(_asked(scope, request, seconds))

    def _serve(self, scope: Scope, receive: Receive, send: Send, request: Begun) -> Awaitable[None]:
        listener = scope["state"].get("listener")
        current_listener.set(listener)
        entrance = self._identification.entrances.get(listener)
        ours = [(_REQUEST_ID, request.name.encode()), _SPOKEN]
        if entrance is not None:
            ours += web.headers(scope, entrance)

        def send_with_our_headers(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                request.status, request.answered = message["status"], self._clock.ticks()
                more = [*ours, *challenge(scope, message["status"])] if message["status"] in (401, 403) else ours
                message["headers"] = [*message.get("headers", ()), *more]
            return send(message)

        try:
            caller = self._identify(scope, entrance, request.now_ms)
        except TriforceError as refused:
            return _refuse(refused, scope, request, send_with_our_headers)
        if entrance is not None and web.asks_first(scope, entrance):
            return _permit(send_with_our_headers)
        if isinstance(caller, (Caller, Stranger)):
            return self._let_in(caller, scope, receive, send_with_our_headers, request)
        return self._slowly(caller, scope, receive, send_with_our_headers, request)

    def _let_in(
        self, caller: Caller | Stranger, scope: Scope, receive: Receive, send: Send, request: Begun
    ) -> Awaitable[None]:
        state = scope["state"]
        state["request_id"], state["caller"], state["parts"] = request.name, caller, self._parts
        return self._app(scope, receive, send)

    async def _slowly(self, known: Basic | Unheard, scope: Scope, receive: Receive, send: Send, request: Begun) -> None:
        try:
            caller = await self._identification.slowly(known, address_of(scope), request.now_ms)
        except TriforceError as refused:
            await _refuse(refused, scope, request, send)
        else:
            await self._let_in(caller, scope, receive, send, request)

    async def _note(self, refused: TriforceError, scope: Scope) -> None:
        """The audit keeps it, where it is one that it keeps."""
        if refused.audited:
            caller = scope["state"].get("caller")
            known = caller if isinstance(caller, Caller) else None
            await self._refusals.note(refused, known, route_of(scope), address_of(scope))

    def _identify(self, scope: Scope, entrance: Entrance | None, now_ms: int) -> Known:
        headers = scope["headers"]
        if entrance is None:
            known = self._identification.by_peer(scope["state"].get("peer"), now_ms)
            return known if isinstance(known, Stranger) else self._identification.narrowed(known, headers, now_ms)
        if entrance.proxy is not None and (address := entrance.proxy.client(headers)) is not None:
            scope["client"] = (address, 0)
        return self._identification.by_headers(entrance, headers, scope["query_string"], now_ms)


def route_of(scope: Scope) -> str:
    """The method and the path as it was declared: what stands in its place may be anybody's name."""
    declared = getattr(scope.get("route"), "path", None)
    return f"{scope['method']} {declared or '-'}"


def _asked(scope: Scope, request: Begun, seconds: float) -> Asked:
    caller = scope["state"].get("caller")
    account, client = (caller.account, caller.name) if isinstance(caller, Caller) else (None, None)
    milliseconds = seconds * 1_000
    return Asked(
        request.now_ms, request.name, scope["method"], scope["path"], request.status, milliseconds, account, client
    )


async def _permit(send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": web.PERMISSION})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(error: TriforceError, scope: Scope, request: Begun, send: Send) -> None:
    scope["state"]["refused"] = error
    content = write_error(error, request.name)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
        *headers_of(error),
    ]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
