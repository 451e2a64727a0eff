"""How an error leaves the daemon where no dialect has its own shape for it."""

import json

import pytest

from triforce_daemon.errors import NotFound, TooManyAttempts
from triforce_daemon.routes.refusal import first_problem, headers_of, write_error


def test_an_error_has_a_code_a_sentence_and_a_hint() -> None:
    written = json.loads(write_error(NotFound("Gone.", "Look."), "r1"))
    assert written == {"error": {"code": "not_found", "message": "Gone.", "hint": "Look.", "request_id": "r1"}}


@pytest.mark.parametrize(("ms", "seconds"), [(1, b"1"), (1_000, b"1"), (1_001, b"2"), (60_000, b"60")])
def test_who_shall_try_again_later_is_told_when_in_whole_seconds(ms: int, seconds: bytes) -> None:
    assert headers_of(TooManyAttempts("x", retry_after_ms=ms)) == [(b"retry-after", seconds)]
    assert headers_of(NotFound("x")) == []


def test_of_several_problems_the_first_is_told() -> None:
    problems = [{"loc": ("body", "name"), "msg": "Field required"}, {"loc": ("body",), "msg": "x"}]
    assert first_problem(problems)[0] == "`name`: Field required (1 more)."
