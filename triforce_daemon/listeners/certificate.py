"""The certificate and the key of the https listener: read, checked, and read again when their files change."""

import asyncio
import logging
import os
import ssl
import stat
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509

from triforce_daemon.startup_errors import CertificateRefused
from triforce_daemon.wire.status import Health

log = logging.getLogger(__name__)

#: How often the files are looked at.
LOOK_SECONDS = 10.0
#: So long before its end a certificate is spoken of.
_SOON = timedelta(days=14)

_MAKE_ONE = "`triforce daemon cert` makes a pair for trials; https.certificate and https.key name your own."

Stamp = tuple[int, ...]


class Certificate:
    """The pair in two PEM files. What is wrong with a later one is told, and the one before it goes on."""

    def __init__(self, certificate: str, key: str) -> None:
        """Reads both files. Raises CertificateRefused."""
        self._certificate = certificate
        self._key = key
        self._stamp = self._look()
        self._context, self._ends = load(certificate, key)
        self._refused: CertificateRefused | None = None

    def context(self) -> ssl.SSLContext:
        """For the next connection; those before it keep theirs."""
        return self._context

    def look(self) -> None:
        """Take in what is new in the files; where that cannot be used, go on as before and say so."""
        stamp = self._look()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._context, self._ends = load(self._certificate, self._key)
        except CertificateRefused as error:
            self._refused = error
            log.error("the new certificate cannot be used: %s", error.message, extra={"hint": error.hint})
        else:
            self._refused = None
            log.info("took the new certificate", extra={"file": self._certificate, "ends": self._ends.isoformat()})

    async def watch(self) -> None:
        """Look again and again; for a task."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.look()

    def health(self) -> Sequence[Health]:
        """What is wrong with it."""
        lines: list[Health] = []
        if self._refused is not None:
            message = f"The new certificate cannot be used, the old one goes on: {self._refused.message}"
            lines.append(Health(code="https.certificate", severity="warning", message=message, fix=self._refused.hint))
        left = self._ends - datetime.now(UTC)
        if left < _SOON:
            ended = left < timedelta(0)
            message = f"The certificate of https {'ended' if ended else 'ends'} on {self._ends:%Y-%m-%d %H:%M} UTC."
            lines.append(
                Health(code="https.ends", severity="error" if ended else "warning", message=message, fix=_RENEW)
            )
        return lines

    def _look(self) -> Stamp:
        return (*_stamp(self._certificate), *_stamp(self._key))


_RENEW = "Renew it: `triforce daemon cert -y`, or by whoever gave it. The daemon takes the new one by itself."


def load(certificate: str, key: str) -> tuple[ssl.SSLContext, datetime]:
    """What serves the pair by TLS 1.3, and when it ends. Raises CertificateRefused."""
    _check_key_file(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_alpn_protocols(["http/1.1"])
    try:
        # A password would be asked for at a terminal that is not there.
        context.load_cert_chain(certificate, key, password=_no_password)
        with open(certificate, "rb") as file:
            ends = x509.load_pem_x509_certificate(file.read()).not_valid_after_utc
    except ssl.SSLError as error:
        reason = "the key does not belong to the certificate" if "MISMATCH" in str(error.reason) else str(error.reason)
        raise CertificateRefused(f"{certificate} and {key} are no pair in PEM: {reason}.", _MAKE_ONE) from None
    except ValueError as error:
        raise CertificateRefused(f"{certificate} cannot be read as a certificate: {error}.", _MAKE_ONE) from None
    except OSError as error:
        raise CertificateRefused(f"{certificate} cannot be read: {error.strerror}.", _MAKE_ONE) from None
    return context, ends


def _no_password() -> str:
    raise ValueError("its key is sealed with a password")


def _check_key_file(key: str) -> None:
    """A key is its owner's: the daemon's user, or root, whose group may read it, as is the custom for such files."""
    try:
        found = os.stat(key)
    except OSError as error:
        raise CertificateRefused(f"The key {key} cannot be read: {error.strerror}.", _MAKE_ONE) from None
    if not stat.S_ISREG(found.st_mode):
        raise CertificateRefused(f"The key {key} is no file.", _MAKE_ONE)
    if found.st_uid not in (os.getuid(), 0):
        raise CertificateRefused(f"The key {key} belongs to another user.", f"sudo chown {os.getuid()} {key}")
    others = stat.S_IMODE(found.st_mode) & (0o077 if found.st_uid == os.getuid() != 0 else 0o037)
    if others:
        mode = stat.S_IMODE(found.st_mode)
        raise CertificateRefused(f"The key {key} may be read by others (mode {mode:04o}).", f"chmod 600 {key}")


def _stamp(path: str) -> Stamp:
    """Differs where the file was written anew or replaced; also where it is behind a link."""
    try:
        found = os.stat(path)
    except OSError as error:
        return (error.errno or 0,)
    return found.st_ino, found.st_mtime_ns, found.st_size, found.st_ctime_ns
