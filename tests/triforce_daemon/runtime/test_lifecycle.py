"""The daemon's state: open answers are counted, and cut when their time is up."""

import pytest

from triforce_daemon.runtime.lifecycle import Lifecycle


def test_open_answers_are_counted_while_they_are_open() -> None:
    lifecycle = Lifecycle()
    assert lifecycle.state == "starting"
    with lifecycle.answering(lambda: None):
        with lifecycle.answering(lambda: None):
            assert lifecycle.streams == 2
        assert lifecycle.streams == 1
    assert lifecycle.streams == 0


def test_an_answer_that_fails_is_open_no_more() -> None:
    lifecycle = Lifecycle()
    with pytest.raises(KeyError), lifecycle.answering(lambda: None):
        raise KeyError
    assert lifecycle.streams == 0


def test_only_open_answers_are_cut_and_may_end_while_it_happens() -> None:
    lifecycle = Lifecycle()
    cut: list[str] = []
    with lifecycle.answering(lambda: cut.append("ended")):
        pass

    def end() -> None:
        cut.append("first")
        first.__exit__(None, None, None)

    first = lifecycle.answering(end)
    first.__enter__()
    with lifecycle.answering(lambda: cut.append("second")):
        lifecycle.cut_all()
    assert sorted(cut) == ["first", "second"]


def test_a_request_to_stop_reaches_who_serves() -> None:
    lifecycle = Lifecycle()
    lifecycle.request_stop()
    heard: list[str] = []
    lifecycle.on_stop_request(lambda: heard.append("stop"))
    lifecycle.request_stop()
    assert heard == ["stop"]


def test_who_ends_already_is_not_started_anew() -> None:
    lifecycle = Lifecycle()
    heard: list[str] = []
    lifecycle.on_stop_request(lambda: heard.append("stop"))
    lifecycle.state = "draining"
    lifecycle.request_restart()
    assert (lifecycle.restarts, heard) == (False, [])
    lifecycle.state = "ready"
    lifecycle.request_restart()
    assert (lifecycle.restarts, heard) == (True, ["stop"])
