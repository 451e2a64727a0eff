"""The route table: errors leave in the words of the route's clients, and only while nothing was sent."""

from typing import Annotated, Any

import pytest
from fastapi import Depends, Query

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import NotFound
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.parts import Needs, Parts
from triforce_daemon.routes.policy import INFERENCE, OWNER
from triforce_daemon.routes.table import DirectRoute, PolicedRoute, Routes
from triforce_daemon.routes.watched import ClientGone

ANNA = Caller(kind="owner", name="anna", uid=1, pid=1)


async def ask(route: DirectRoute, caller: Caller | None = ANNA) -> list[dict]:
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b""}

    async def send(message: dict) -> None:
        sent.append(message)

    state = {"caller": caller, "request_id": "r1", "parts": Parts(max_body_bytes=10)}
    await route.handle({"type": "http", "method": "POST", "headers": [], "state": state}, receive, send)
    return sent


def direct(handler, **options: object) -> DirectRoute:
    routes = Routes()
    routes.direct("POST", "/x", policy=INFERENCE, **options)(handler)
    (route,) = routes.all
    assert isinstance(route, DirectRoute)
    return route


async def test_an_error_is_written_in_the_words_of_the_route() -> None:
    async def fail(exchange: Exchange) -> None:
        raise NotFound("Gone.")

    start, body = await ask(direct(fail, errors=lambda error, request: f"{request}:{error.code}".encode()))
    assert (start["status"], body["body"]) == (404, b"r1:not_found")


async def test_a_stranger_is_refused_before_the_handler_runs() -> None:
    async def never(exchange: Exchange) -> None:
        raise AssertionError("it ran")

    start, _ = await ask(direct(never), caller=None)
    assert start["status"] == 401


async def test_after_the_first_byte_an_error_is_no_answer_any_more() -> None:
    async def late(exchange: Exchange) -> None:
        await exchange.start_stream()
        raise NotFound("Gone.")

    with pytest.raises(NotFound):
        await ask(direct(late))


async def test_nobody_is_answered_who_has_left() -> None:
    async def gone(exchange: Exchange) -> None:
        raise ClientGone

    assert await ask(direct(gone)) == []


def test_a_declaration_returns_its_function_unchanged() -> None:
    routes = Routes()

    async def show() -> None: ...

    assert routes.get("/a", policy=OWNER)(show) is show
    assert routes.delete("/a", policy=OWNER)(show) is show
    assert [sorted(route.methods) for route in routes.all] == [["GET"], ["DELETE"]]


async def count(
    parts: Annotated[Parts, Depends(Needs(Parts))], limit: Annotated[int, Query(ge=1)] = 3, word: str = "x"
) -> dict[str, object]:
    """How many."""
    return {"parts": parts.max_body_bytes, "limit": limit, "word": word}


def policed(handler: Any) -> PolicedRoute:
    routes = Routes()
    routes.get("/count", policy=INFERENCE)(handler)
    (route,) = routes.all
    assert isinstance(route, PolicedRoute)
    return route


def test_what_a_function_needs_is_known_before_the_framework_reads_it() -> None:
    route = policed(count)
    assert list(route.needed()) == [Parts]
    assert "framed" not in vars(route)
    assert route.framed is route.framed
    assert (route.framed.path, route.framed.methods, route.framed.description) == ("/count", {"GET"}, "How many.")
    # It is told apart by its own policy, in the audit too.
    assert route.matches({"type": "http", "method": "GET", "path": "/count"})[1]["route"] is route
