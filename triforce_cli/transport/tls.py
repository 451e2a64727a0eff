"""TLS to a daemon, 1.3 alone: either its issuer is trusted, or its certificate is the one that is known."""

import hashlib
import re
import ssl
from typing import Any

from triforce_cli.transport.limit import Limit
from triforce_cli.transport.trust import Trust

_HEX_OF_SHA256 = 64


#: That of no certificate: to see which one is there, before anything is sent.
NO_FINGERPRINT = ""


class OtherCertificate(ssl.SSLError):
    """The certificate is not the one that is known; raised within the handshake, before anything was sent."""

    def __init__(self, seen: str) -> None:
        super().__init__(f"the certificate is {seen}")
        self.seen = seen


def fingerprint_of(text: str) -> str:
    """A SHA-256 fingerprint as triforce writes it, from how others do. Raises ValueError."""
    digits = re.sub(r"(?i)^\s*(sha-?256)?(\s*fingerprint)?\s*[:=]?\s*|[:\s]", "", text).upper()
    if len(digits) != _HEX_OF_SHA256 or re.search("[^0-9A-F]", digits):
        raise ValueError("a SHA-256 fingerprint has 64 hexadecimal digits")
    return _with_colons(digits)


class LimitedContext(ssl.SSLContext):
    """Makes connections that keep to `limit`, and end in the handshake where the certificate is another one."""

    limit: Limit
    trust: Trust

    @classmethod
    def of(cls, trust: Trust, limit: Limit) -> "LimitedContext":
        """Raises OSError where the file of issuers cannot be read, ssl.SSLError where it holds none."""
        context = cls(ssl.PROTOCOL_TLS_CLIENT)
        context.limit = limit
        context.trust = trust
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        if trust.fingerprint is not None:
            # Who issued it, for which name and until when says nothing more: it is this one or none.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        elif trust.ca is not None:
            context.load_verify_locations(trust.ca)
        else:
            context.load_default_certs()
        return context


class _Connection(ssl.SSLSocket):
    context: LimitedContext  # pyright: ignore[reportIncompatibleMethodOverride,reportIncompatibleVariableOverride]

    def do_handshake(self, block: bool = False) -> None:
        self.settimeout(self.context.limit.left())
        super().do_handshake(block)
        _check(self, self.context.trust)

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        self.settimeout(self.context.limit.left())
        return super().recv(buflen, flags)

    def send(self, data: Any, flags: int = 0) -> int:
        self.settimeout(self.context.limit.left())
        return super().send(data, flags)


class _WithinTls(ssl.SSLObject):
    """A connection through a proxy that is itself reached by TLS."""

    context: LimitedContext  # pyright: ignore[reportIncompatibleMethodOverride,reportIncompatibleVariableOverride]

    def do_handshake(self) -> None:
        super().do_handshake()
        _check(self, self.context.trust)


LimitedContext.sslsocket_class = _Connection
LimitedContext.sslobject_class = _WithinTls


def _check(connection: ssl.SSLSocket | ssl.SSLObject, trust: Trust) -> None:
    if trust.fingerprint is None:
        return
    certificate = connection.getpeercert(binary_form=True) or b""
    seen = _with_colons(hashlib.sha256(certificate).hexdigest().upper())
    if seen != trust.fingerprint:
        raise OtherCertificate(seen)


def _with_colons(digits: str) -> str:
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))
