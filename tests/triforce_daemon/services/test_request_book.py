"""The book of requests: what the door writes into it, and what it forgets."""

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.services.request_book import Asked, RequestBook


def asked(number: int, **more: object) -> Asked:
    return Asked(number, f"r{number}", "GET", "/v1/x", 200, 1.5, None, None)._replace(**more)


def test_the_newest_come_first_and_the_oldest_are_forgotten() -> None:
    book = RequestBook(began_ms=1, most=2)
    book.add(asked(1))
    assert book.begins_ms == 1
    book.add(asked(2))
    book.add(asked(3))
    assert [one.ts for one in book.newest()] == [3, 2]
    assert [one.ts for one in book.newest(3)] == [3]
    assert book.begins_ms == 2


def test_a_path_without_end_is_cut() -> None:
    book = RequestBook()
    book.add(asked(1, path="/" + "x" * 5_000))
    assert len(next(book.newest()).path) < 250


async def test_the_door_writes_down_who_asked_what_and_how_it_was_answered(served: ServedDaemon) -> None:
    anna = await served.user("anna")
    await served.over_http("GET", "/v1/status", anna["access_token"], params={"key": "secret"})
    await served.over_http("GET", "/v1/config", anna["access_token"])
    await served.over_http("GET", "/v1/status", "tf_nobody")
    nobody, refused, good = list(served.parts.get(RequestBook).newest())[:3]
    assert (good.method, good.path, good.status, good.client) == ("GET", "/v1/status", 200, "user/anna")
    assert good.account == f"user/{anna['user']['id']}"
    assert 0 < good.ms < 5_000 and good.ts <= refused.ts
    assert (refused.status, refused.client) == (403, "user/anna")
    assert (nobody.status, nobody.account) == (401, None)
