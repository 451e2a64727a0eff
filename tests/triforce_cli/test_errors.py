"""Errors as people and programs see them."""

from triforce_cli.errors import DaemonError, NotApproved


def test_the_body_has_the_daemons_keys() -> None:
    assert NotApproved("No.", "Add --yes.").body() == {
        "code": "not_approved",
        "message": "No.",
        "hint": "Add --yes.",
        "request_id": None,
    }


def test_the_daemons_words_are_kept() -> None:
    error = DaemonError({"code": "x", "message": "m", "hint": "h", "request_id": "r", "retry_after_ms": 3})
    assert (error.code, error.message, error.hint, str(error)) == ("x", "m", "h", "m")
    assert error.body() == {"code": "x", "message": "m", "hint": "h", "request_id": "r", "retry_after_ms": 3}


def test_a_daemon_that_says_little() -> None:
    error = DaemonError({})
    assert error.code == "internal_error"
    assert error.message
    assert error.near == []


def test_a_hint_wins_over_near_names() -> None:
    assert DaemonError({"code": "x", "message": "m", "hint": "h", "near": ["a"]}).hint == "h"
    assert DaemonError({"code": "x", "message": "m", "near": ["a", "b"]}).hint == "Did you mean: a or b"
