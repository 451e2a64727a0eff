import pytest

from triforce_daemon.providers.condition import OK, Condition, State


@pytest.mark.parametrize("state", ["no-key", "key-rejected", "limited", "down", "retired", "disabled"])
def test_what_would_fail_is_not_callable(state: State) -> None:
    assert not Condition(state).callable


@pytest.mark.parametrize("state", ["ok", "absent", "degraded", "deprecated", "unknown"])
def test_what_may_answer_is_callable(state: State) -> None:
    assert Condition(state).callable


def test_ok_needs_no_words() -> None:
    assert (OK.state, OK.reason, OK.fix) == ("ok", None, None)
