"""Whoever loses his rights loses his open answers, and nobody else does."""

from triforce_daemon.access.caller import Caller
from triforce_daemon.access.presence import Presence


def test_only_those_who_are_meant_are_cut() -> None:
    presence, cut = Presence(), list[str]()
    cuts = {name: (lambda name=name: cut.append(name)) for name in ("anna", "ben", "gone")}
    for name, one in cuts.items():
        presence.enter(Caller(kind="user", name=name, user=name), one)
    presence.leave(cuts["gone"])
    presence.leave(cuts["gone"])
    presence.end(lambda caller: caller.user != "ben")
    assert cut == ["anna"]


def test_a_cut_may_leave() -> None:
    presence = Presence()

    def leave() -> None:
        presence.leave(leave)

    presence.enter(Caller(kind="guest", name="guest"), leave)
    presence.end(lambda caller: True)
    presence.end(lambda caller: True)
