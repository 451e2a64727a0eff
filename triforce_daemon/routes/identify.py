"""The door: gives each request its id and finds out who calls, before anything else runs."""

import os
import pwd

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from triforce_daemon.access.caller import Caller
from triforce_daemon.routes.parts import Parts
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.identifiers import request_id
from triforce_daemon.runtime.logs import current_request
from triforce_daemon.wire.constants import PROTOCOL, PROTOCOL_HEADER, REQUEST_ID_HEADER


class Door:
    """Wraps the app. On the socket's listener the kernel names the caller; nobody else is known."""

    def __init__(self, app: ASGIApp, parts: Parts, clock: Clock) -> None:
        self._app = app
        self._parts = parts
        self._clock = clock
        self._protocol = (PROTOCOL_HEADER.encode(), str(PROTOCOL).encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = request_id(self._clock.now_ms())
        current_request.set(name)
        state = scope.setdefault("state", {})
        state.update(request_id=name, caller=identify(state.get("peer")), parts=self._parts)
        ours = [(REQUEST_ID_HEADER.encode(), name.encode()), self._protocol]

        async def send_with_our_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *ours]
            await send(message)

        await self._app(scope, receive, send_with_our_headers)


def identify(peer: tuple[int, int, int] | None) -> Caller | None:
    """The caller by pid, uid and gid of the socket's other end: the daemon's own user and root are its owner."""
    if peer is None:
        return None
    pid, uid, _ = peer
    if uid not in (os.getuid(), 0):
        return None
    # Root acts for the owner: one history, one ledger.
    return Caller(kind="owner", name=_user_name(os.getuid()), uid=uid, pid=pid)


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
