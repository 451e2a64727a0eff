"""The route table: errors leave in the words of the route's clients, and only while nothing was sent."""

import pytest

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import NotFound
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.parts import Parts
from triforce_daemon.routes.policy import INFERENCE, OWNER
from triforce_daemon.routes.table import DirectRoute, Routes
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
