"""An error as it travels."""

from triforce_daemon import errors


def test_a_body_has_what_is_known_and_nothing_else() -> None:
    plain = errors.NotFound("Gone.").body("r1")
    assert plain == {"code": "not_found", "message": "Gone.", "hint": None, "request_id": "r1"}
    full = errors.ModelNotFound("Gone.", "Look.", near=["a"], retry_after_ms=5).body()
    assert (full["near"], full["retry_after_ms"], full["hint"]) == (["a"], 5, "Look.")
