"""An error as it travels."""

from triforce_daemon import errors


def test_a_body_has_what_is_known_and_nothing_else() -> None:
    plain = errors.NotFound("Gone.").body("r1")
    assert plain == {"code": "not_found", "message": "Gone.", "hint": None, "request_id": "r1"}
    full = errors.ModelNotFound("Gone.", "Look.", near=["a"], retry_after_ms=5).body()
    assert (full["near"], full["retry_after_ms"], full["hint"]) == (["a"], 5, "Look.")


def test_apart_it_says_the_same_and_holds_no_frames() -> None:
    kept = [
        errors.ModelNotFound("Gone.", "Look.", near=["a"], retry_after_ms=5, upstream_status=404),
        errors.ApprovalNeeded("Ask.", approval="a1"),
    ]
    for error in kept:
        try:
            raise error
        except errors.TriforceError as raised:
            apart = raised.apart()
        assert error.__traceback__ is not None
        assert apart.__traceback__ is None
        assert (type(apart), apart.args, vars(apart)) == (type(error), error.args, vars(error))
