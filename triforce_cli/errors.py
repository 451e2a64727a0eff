"""Every way in which `triforce` ends without success; each has a sentence, a hint and an exit status.

TriforceCliError
├── DaemonError               the daemon said no; its code, its words
├── Failed                    failed
├── WrongUsage                usage
│   ├── UnknownField          unknown_field
│   ├── EmptyPrompt           empty_prompt
│   └── LocalOnly             local_only
├── NotFound                  not_found
│   └── ContextNotFound       context_not_found
├── UnreadableFile            unreadable_file
├── InputInvalid              input_invalid
├── AnswerInvalid             answer_invalid
├── NotApproved               not_approved
├── OutputFailed              output_failed
├── DaemonNotRunning          daemon_not_running
├── DaemonUnreachable         daemon_unreachable
├── DaemonWentAway            daemon_went_away
├── DaemonDidNotStart         daemon_did_not_start
├── ProtocolMismatch          protocol_mismatch
├── CertificateRejected       certificate_rejected
│   ├── IssuerUnknown         issuer_unknown
│   └── CertificateChanged    certificate_changed
├── NoPermission              no_permission
├── BadConfiguration          configuration_invalid
│   ├── SocketPathInvalid     socket_path_invalid
│   └── ContextsInvalid       contexts_invalid
├── TokenNotKept              token_not_kept
├── TimedOut                  timeout
└── Bug                       bug
"""

from collections.abc import Mapping
from typing import Any

from triforce_cli.exit_codes import exit_status


class TriforceCliError(Exception):
    """An error that a person can read: a code for programs, a sentence, and what to do about it."""

    code = "failed"

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def exit_status(self) -> int:
        return exit_status(self.code)

    def body(self) -> dict[str, Any]:
        """The error as `--json` prints it; the same keys as the daemon's."""
        return {"code": self.code, "message": self.message, "hint": self.hint, "request_id": None}


class DaemonError(TriforceCliError):
    """The daemon's own error, with everything that it said about it."""

    def __init__(self, body: Mapping[str, Any], http_status: int | None = None) -> None:
        self._body = dict(body)
        self._http_status = http_status
        self.code = str(self._body.get("code") or "internal_error")
        message = str(self._body.get("message") or "The daemon failed without a message.")
        super().__init__(message, self._body.get("hint") or self._near_names())

    @property
    def exit_status(self) -> int:
        return exit_status(self.code, self._http_status)

    @property
    def http_status(self) -> int | None:
        return self._http_status

    @property
    def near(self) -> list[str]:
        """Names that exist and look like the one that was asked for."""
        return list(self._body.get("near") or ())

    def body(self) -> dict[str, Any]:
        return {**super().body(), **self._body}

    def _near_names(self) -> str | None:
        return f"Did you mean: {' or '.join(self.near)}" if self.near else None


class Failed(TriforceCliError):
    """It did not work, for the reason given."""


class WrongUsage(TriforceCliError):
    """A command, argument or option that does not exist or does not fit."""

    code = "usage"


class UnknownField(WrongUsage):
    """`--fields` names a field that the answer does not have."""

    code = "unknown_field"


class EmptyPrompt(WrongUsage):
    """Nothing was asked."""

    code = "empty_prompt"


class LocalOnly(WrongUsage):
    """The command works on the daemon of this machine alone, and another one was named."""

    code = "local_only"


class NotFound(TriforceCliError):
    """A file, model or session that was named does not exist."""

    code = "not_found"


class ContextNotFound(NotFound):
    """No context has this name."""

    code = "context_not_found"


class UnreadableFile(TriforceCliError):
    """A file that was named cannot be read."""

    code = "unreadable_file"


class InputInvalid(TriforceCliError):
    """What was given as input is not what the command can work with."""

    code = "input_invalid"


class AnswerInvalid(TriforceCliError):
    """The model's answer is not what was asked for: no JSON with `--schema`, no code with `-x`."""

    code = "answer_invalid"


class NotApproved(TriforceCliError):
    """A dangerous command was not confirmed."""

    code = "not_approved"


class OutputFailed(TriforceCliError):
    """The output could not be written."""

    code = "output_failed"


class DaemonNotRunning(TriforceCliError):
    """Nothing answers on the socket."""

    code = "daemon_not_running"


class DaemonUnreachable(TriforceCliError):
    """The daemon of a context, on another machine, does not answer at its address."""

    code = "daemon_unreachable"


class DaemonWentAway(TriforceCliError):
    """The daemon ended in the middle of an answer."""

    code = "daemon_went_away"


class DaemonDidNotStart(TriforceCliError):
    """A daemon was started and did not become ready."""

    code = "daemon_did_not_start"


class ProtocolMismatch(TriforceCliError):
    """What answers is no daemon of triforce, or one of a very different version."""

    code = "protocol_mismatch"


class CertificateRejected(TriforceCliError):
    """The certificate of a remote daemon is not the one that is known, or none that this machine trusts."""

    code = "certificate_rejected"


class IssuerUnknown(CertificateRejected):
    """Nobody whom this machine trusts has signed it; its fingerprint can still be compared."""

    code = "issuer_unknown"


class CertificateChanged(CertificateRejected):
    """It is not the one certificate that is known; nothing was sent."""

    code = "certificate_changed"

    def __init__(self, message: str, hint: str, seen: str) -> None:
        """`seen`: the fingerprint of the one that is there."""
        super().__init__(message, hint)
        self.seen = seen


class NoPermission(TriforceCliError):
    """The socket belongs to another user."""

    code = "no_permission"


class BadConfiguration(TriforceCliError):
    """The daemon does not accept its configuration."""

    code = "configuration_invalid"


class SocketPathInvalid(BadConfiguration):
    """The path of the socket is longer than Linux allows."""

    code = "socket_path_invalid"


class ContextsInvalid(BadConfiguration):
    """`cli.toml`, which holds the contexts, cannot be read."""

    code = "contexts_invalid"


class TokenNotKept(TriforceCliError):
    """The token of a context could not be kept, or what was kept cannot be read."""

    code = "token_not_kept"


class TimedOut(TriforceCliError):
    """The time given by `--timeout` ran out."""

    code = "timeout"


class Bug(TriforceCliError):
    """Something that nobody thought of; the message names a report."""

    code = "bug"
