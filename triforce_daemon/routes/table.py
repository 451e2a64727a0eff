"""The route table: a path, who may call it, and the function behind it."""

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from functools import cached_property, partial
from typing import Any, TypeVar

from fastapi import Request, Response
from fastapi.params import Depends
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Message, Receive, Scope, Send

from triforce_daemon.errors import TriforceError
from triforce_daemon.routes.exchange import Exchange, refuse_encoded, too_large
from triforce_daemon.routes.json_body import read_json
from triforce_daemon.routes.parts import Needs
from triforce_daemon.routes.policy import Policy
from triforce_daemon.routes.recorded import Change
from triforce_daemon.routes.refusal import ErrorWriter, headers_of, mistake, write_error
from triforce_daemon.routes.watched import ClientGone

Handler = TypeVar("Handler", bound=Callable[..., Any])


def _bounded(receive: Receive, limit: int) -> Receive:
    """Counts the body as it comes. FastAPI lets only its own exception through while it reads one."""
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise HTTPException(413)
        return message

    return bounded


class StrictRequest(Request):
    """Reads JSON as the fast routes do, where the framework would take NaN, half characters and any depth."""

    async def json(self) -> Any:
        return read_json(await self.body())


class PolicedRoute(Route):
    """A function of FastAPI's behind its policy; what it `records` is in the audit before it is answered.

    The framework reads its function when it is first asked: to read all of them takes as long as a sixth of the start.
    """

    def __init__(
        self, path: str, endpoint: Callable[..., Any], *, method: str, policy: Policy, records: Change | None = None
    ) -> None:
        super().__init__(path, endpoint, methods=[method])
        self.methods = {method}
        self.policy = policy
        self.records = records

    @cached_property
    def framed(self) -> APIRoute:
        """The route as FastAPI knows it, which reads what is sent and describes what is answered."""
        return _FramedRoute(self.path, self.endpoint, methods=self.methods, records=self.records)

    def needed(self) -> Iterator[type[object]]:
        """The parts of the daemon that its function asks for."""
        for annotation in self.endpoint.__annotations__.values():
            for said in getattr(annotation, "__metadata__", ()):
                if isinstance(said, Depends) and isinstance(said.dependency, Needs):
                    yield said.dependency.kind

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = super().matches(scope)
        return match, found if match == Match.NONE else {**found, "route": self}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.policy.check(scope["state"]["caller"])
        limit = scope["state"]["parts"].max_body_bytes
        for name, value in scope["headers"]:
            if name == b"content-encoding":
                refuse_encoded(value)
            elif name == b"content-length" and int(value) > limit:
                raise too_large(limit)
        await self.framed.handle(scope, _bounded(receive, limit), send)


class _FramedRoute(APIRoute):
    def __init__(self, path: str, endpoint: Callable[..., Any], *, methods: set[str], records: Change | None) -> None:
        # It is asked for while the route is made.
        self._records = records
        super().__init__(path, endpoint, methods=methods)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            return await (
                answer(strict) if self._records is None else self._records.recorded(strict, partial(answer, strict))
            )

        return strictly


class DirectRoute(Route):
    """A route that speaks ASGI itself, through an `Exchange`; errors leave in the words of its clients."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[[Exchange], Awaitable[None]],
        *,
        method: str,
        policy: Policy,
        errors: ErrorWriter,
    ) -> None:
        super().__init__(path, endpoint, methods=[method])
        self.method = method
        self.methods = {method}
        self.policy = policy
        self._handler = endpoint
        self._errors = errors

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != self.method:
            # Nor is it told to strangers which methods there are.
            self.policy.check(scope["state"]["caller"])
            await super().handle(scope, receive, send)
            return
        exchange = Exchange(scope, receive, send)
        try:
            self.policy.check(scope["state"]["caller"])
            await self._handler(exchange)
        except TriforceError as error:
            scope["state"]["refused"], scope["route"] = error, self
            if exchange.started:
                raise
            await exchange.reply(error.status, self._errors(error, exchange.request_id), headers_of(error))
        except ClientGone:
            return
        except Exception:
            if not exchange.started:
                await exchange.reply(mistake().status, self._errors(mistake(), exchange.request_id))
            # For the server, which logs it with its traceback.
            raise


class Routes:
    """Declares the routes of one file. Keyword `policy` is required: there is no route without one."""

    def __init__(self) -> None:
        self.all: list[BaseRoute] = []

    def get(self, path: str, *, policy: Policy, records: Change | None = None) -> Callable[[Handler], Handler]:
        return self._declare("GET", path, policy, records)

    def post(self, path: str, *, policy: Policy, records: Change | None = None) -> Callable[[Handler], Handler]:
        return self._declare("POST", path, policy, records)

    def put(self, path: str, *, policy: Policy, records: Change | None = None) -> Callable[[Handler], Handler]:
        return self._declare("PUT", path, policy, records)

    def patch(self, path: str, *, policy: Policy, records: Change | None = None) -> Callable[[Handler], Handler]:
        return self._declare("PATCH", path, policy, records)

    def delete(self, path: str, *, policy: Policy, records: Change | None = None) -> Callable[[Handler], Handler]:
        return self._declare("DELETE", path, policy, records)

    def direct(
        self, method: str, path: str, *, policy: Policy, errors: ErrorWriter = write_error
    ) -> Callable[[Handler], Handler]:
        """A function that gets an `Exchange` and answers by itself."""

        def register(handler: Handler) -> Handler:
            self.all.append(DirectRoute(path, handler, method=method, policy=policy, errors=errors))
            return handler

        return register

    def _declare(self, method: str, path: str, policy: Policy, records: Change | None) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            self.all.append(PolicedRoute(path, handler, method=method, policy=policy, records=records))
            return handler

        return register
