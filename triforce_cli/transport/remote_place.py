"""What a person is told when a daemon on another machine cannot be asked, or refuses."""

import socket
import ssl
from datetime import UTC, datetime
from urllib.parse import urlsplit

from triforce_cli.errors import (
    CertificateChanged,
    CertificateRejected,
    DaemonError,
    DaemonUnreachable,
    IssuerUnknown,
    NoPermission,
    ProtocolMismatch,
    TimedOut,
    TriforceCliError,
)
from triforce_cli.transport import replies
from triforce_cli.transport.tls import OtherCertificate
from triforce_cli.transport.trust import Remote

#: Of X509_V_ERR_…, in OpenSSL's x509_vfy.h.
_NOT_YET_VALID, _EXPIRED, _OTHER_NAME, _OTHER_ADDRESS = 9, 10, 62, 64


_BEHIND_A_PROXY = (502, 503, 504)


class RemotePlace:
    """A `Place`: the daemon of a context."""

    def __init__(self, remote: Remote, proxy: str | None = None) -> None:
        self._remote = remote
        self._proxy = urlsplit(proxy).hostname if proxy else None
        #: Whether the question went out without the token that it should have.
        self.anonymous = False

    def stranger(self, seen: str) -> TriforceCliError:
        return ProtocolMismatch(
            f"What answers on {self._remote.url} is no triforced, or a very different one ({seen}).",
            f"Is the address right? triforce context show {self._remote.name}",
        )

    def wordless(self, status: int) -> TriforceCliError:
        if status in _BEHIND_A_PROXY:
            return DaemonUnreachable(
                f"{self._remote.url} answers, but the daemon behind it does not (HTTP {status}).",
                "Look on that machine: triforce daemon status",
            )
        if status == 403:
            return NoPermission(
                f"{self._remote.url} refuses, and not in the daemon's words (HTTP 403).",
                "Something in front of the daemon does not let you through.",
            )
        return self.stranger(f"HTTP {status}")

    def refused(self, error: DaemonError) -> TriforceCliError:
        body = error.body()
        if error.code == "unauthenticated":
            body["hint"] = f"Log in: triforce auth login --context {self._remote.name}"
            if self.anonymous:
                body["message"] = f"You are not logged in to {self._remote.name} ({self._remote.url})."
        elif error.code == "forbidden" and error.hint == "It is for: owner.":
            body["hint"] = f"Only its owner may, on the machine itself: {self._remote.host}."
        return DaemonError(body, error.http_status)

    def other_protocol(self, spoken: str) -> TriforceCliError:
        return replies.other_protocol(spoken, f"Update whichever is older, here or on {self._remote.host}.")

    def elsewhere(self, location: str) -> TriforceCliError:
        return ProtocolMismatch(
            f"{self._remote.url} sends elsewhere, to {location or 'nowhere'}; your token does not follow.",
            f"If that is right, name it: triforce context add {self._remote.name} URL",
        )

    def timed_out(self) -> TriforceCliError:
        return TimedOut(
            f"{self._remote.name} ({self._remote.url}) did not answer in time.",
            "Is the machine up, and the network? A firewall may swallow what is sent.",
        )

    def unreachable(self, why: str, hint: str | None = None) -> TriforceCliError:
        proxy = f" through the proxy {self._proxy}" if self._proxy else ""
        return DaemonUnreachable(f"{self._remote.url} cannot be reached{proxy}: {why}.", hint or "Is the network up?")

    def not_connected(self, error: BaseException) -> TriforceCliError:
        """From what the operating system or the TLS library said."""
        remote = self._remote
        if isinstance(error, OtherCertificate):
            return self._other_certificate(error.seen)
        if isinstance(error, ssl.SSLCertVerificationError):
            return self._not_trusted(error)
        if isinstance(error, ssl.SSLError):
            return self._no_tls(error)
        if isinstance(error, socket.gaierror):
            hint = f"Is the name right? triforce context show {remote.name}"
            return self.unreachable(f"nobody knows the name {self._proxy or remote.host}", hint)
        if isinstance(error, ConnectionRefusedError):
            hint = f"Look on {remote.host}: triforce daemon status. Its https listener is on 9100 unless set otherwise."
            return self.unreachable("nothing listens on that port", hint)
        return self.unreachable(getattr(error, "strerror", None) or str(error) or type(error).__name__)

    def _other_certificate(self, seen: str) -> TriforceCliError:
        remote = self._remote
        return CertificateChanged(
            f"The certificate of {remote.url} is not the one that is known. "
            f"Known: {remote.trust.fingerprint}. Seen: {seen}. Nothing was sent.",
            "Somebody may be listening in. If it was renewed, compare with `openssl x509 -fingerprint -sha256` there, "
            f"then: triforce context add {remote.name} {remote.url} --fingerprint {seen}",
            seen,
        )

    def _not_trusted(self, error: ssl.SSLCertVerificationError) -> TriforceCliError:
        host, number = self._remote.host, error.verify_code
        clock = f"Your clock says {datetime.now(UTC):%Y-%m-%d %H:%M} UTC: is that right?"
        if number == _EXPIRED:
            return CertificateRejected(f"The certificate of {host} has expired. Nothing was sent.",
                                       f"{clock} If so, it has to be renewed there.")  # fmt: skip
        if number == _NOT_YET_VALID:
            return CertificateRejected(f"The certificate of {host} is not valid yet. Nothing was sent.", clock)
        if number in (_OTHER_NAME, _OTHER_ADDRESS):
            return CertificateRejected(
                f"The certificate was made for another name than {host}. Nothing was sent.",
                "Use a name that stands in it, or pin it: triforce context add NAME URL --fingerprint …",
            )
        return IssuerUnknown(
            f"Nobody whom this machine trusts has signed the certificate of {host}. Nothing was sent.",
            "Name its issuer with --ca FILE, or pin it: triforce context add NAME URL --fingerprint …",
        )

    def _no_tls(self, error: ssl.SSLError) -> TriforceCliError:
        # One that Python raises by itself has none.
        reason: str = getattr(error, "reason", None) or str(error)
        if "PROTOCOL_VERSION" in reason:
            return ProtocolMismatch(f"{self._remote.url} does not speak TLS 1.3.", "No older one is used.")
        return ProtocolMismatch(
            f"No TLS came about with {self._remote.url} ({reason}). Nothing was sent.",
            "Is it the port of the https listener?",
        )
