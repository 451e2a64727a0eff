"""Which limit is reached first."""

from triforce_daemon.outbound.timeouts import Deadlines, Timeouts


def test_the_nearest_limit_counts() -> None:
    deadlines = Deadlines(Timeouts(connect=5, first_byte=30, idle=10, total=60), 100)
    assert deadlines.of_connecting(100) == (105, "connect")
    assert deadlines.of_connecting(128) == (130, "first_byte")
    assert deadlines.beginning == (130, "first_byte")
    assert deadlines.of_the_next_piece(120) == (130, "idle")
    assert deadlines.of_the_next_piece(155) == (160, "total")


def test_without_limits_nothing_is_late() -> None:
    deadlines = Deadlines(Timeouts(connect=None, first_byte=None, idle=None, total=None), 100)
    assert deadlines.of_connecting(100)[0] is None
    assert deadlines.beginning[0] is None
    assert deadlines.of_the_next_piece(100)[0] is None
    assert Deadlines(Timeouts(first_byte=None, total=9), 1).beginning == (10, "total")


def test_what_is_said_of_it() -> None:
    missed = Deadlines(Timeouts(idle=2.5), 0).missed("the server h", "idle")
    assert missed.message == "The server h paused in the middle of its answer for more than 2.5 s."
