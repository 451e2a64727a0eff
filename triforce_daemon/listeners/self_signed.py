"""A certificate for trials, signed by its own key: who relies on it has to compare its fingerprint."""

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from triforce_daemon.errors import CertificateExists, InvalidRequest, StorageFailed
from triforce_daemon.runtime.folders import make_private
from triforce_daemon.wire.certificate import MadeCertificate

DAYS = 365
_HOST = re.compile(r"(?:\*\.)?[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*")
#: Clocks that go a little slow find it valid too.
_AGO = timedelta(minutes=5)


def make(names: Sequence[str], certificate: str, key: str, *, replace: bool = False) -> MadeCertificate:
    """Write a new pair for `names` (hosts and addresses). Raises CertificateExists, InvalidRequest, StorageFailed."""
    existing = [path for path in (certificate, key) if os.path.lexists(path)]
    if existing and not replace:
        raise CertificateExists(f"{existing[0]} is there already.", "Add -y to put a new one in its place.")
    now = datetime.now(UTC)
    secret = ec.generate_private_key(ec.SECP256R1())
    made = _signed(secret, names, now)
    try:
        _write(key, _pem_of(secret), 0o600)
        _write(certificate, made.public_bytes(serialization.Encoding.PEM), 0o644)
    except OSError as error:
        raise StorageFailed(f"{error.filename} cannot be written: {error.strerror}.", "Name another place.") from None
    return MadeCertificate(
        schema="triforce.daemon.cert/1",
        certificate=certificate,
        key=key,
        names=list(names),
        fingerprint=fingerprint(made),
        ends=made.not_valid_after_utc.isoformat().replace("+00:00", "Z"),
    )


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the whole certificate, as browsers and openssl write it."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _signed(secret: ec.EllipticCurvePrivateKey, names: Sequence[str], now: datetime) -> x509.Certificate:
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "triforce")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _AGO)
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    return builder.sign(secret, hashes.SHA256())


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        pass
    try:
        written = name.encode("idna").decode("ascii")
    except UnicodeError:
        written = ""
    if not _HOST.fullmatch(written):
        raise InvalidRequest(f"{name!r} is neither a host's name nor an address.", "Write it without a port.")
    return x509.DNSName(written)


def _pem_of(secret: ec.EllipticCurvePrivateKey) -> bytes:
    return secret.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: str, content: bytes, mode: int) -> None:
    """In one step: who reads it meanwhile, like a daemon that runs, finds the old file or the new one."""
    make_private(os.path.dirname(path))
    draft = f"{path}.new"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
    with open(descriptor, "wb") as file:
        # The mode of a draft that was left behind may be another.
        os.fchmod(descriptor, mode)
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    os.replace(draft, path)
