"""What a model that calls tools may run into; the other errors stand in `errors`, which names these as well."""

from triforce_daemon.readable_error import TriforceError


class ApprovalDenied(TriforceError):
    """The call needs somebody's agreement, and he refused it, did not answer in time, or is not to be asked."""

    code, status = "approval_denied", 403


class TurnLimitReached(TriforceError):
    """The model was still calling tools when what it was given for it was used up: rounds, money or time."""

    code, status = "turn_limit_reached", 409
