"""How it is said that nobody knows who is calling; drawn with all others in `errors`."""

from triforce_daemon.readable_error import TriforceError


class Unauthenticated(TriforceError):
    """Nobody says who is calling."""

    code, status = "unauthenticated", 401


class ClockWrong(Unauthenticated):
    """The log-in was signed here, for a time that has not come: a clock goes wrong, or went wrong then."""

    code = "clock_wrong"
