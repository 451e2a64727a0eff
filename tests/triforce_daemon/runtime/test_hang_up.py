"""Who answers a connection is told when it ends, once and only while he wants to know."""

from triforce_daemon.runtime.hang_up import HangUp


def test_those_who_still_listen_are_told() -> None:
    hang_up = HangUp()
    told: list[str] = []

    def gone() -> None:
        told.append("gone")

    def first() -> None:
        told.append("first")
        # Whoever ends listens no more, also in the midst of it.
        hang_up.forget(first)

    def second() -> None:
        told.append("second")

    for listener in (gone, first, second):
        hang_up.tell(listener)
    hang_up.forget(gone)
    assert not hang_up.happened
    hang_up.happen()
    assert hang_up.happened
    assert sorted(told) == ["first", "second"]
