"""An issuer of certificates, of a test's own."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_FOR_SIGNING = x509.KeyUsage(
    digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
    data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
)  # fmt: skip


class Pair(NamedTuple):
    certificate: str
    key: str


class Issuer:
    """Its own certificate is in `file`."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._secret = ec.generate_private_key(ec.SECP256R1())
        signs = x509.BasicConstraints(ca=True, path_length=0)
        made = self._begun(self._name, self._secret, 1).add_extension(signs, True).add_extension(_FOR_SIGNING, True)
        self.file = str(folder / f"{name}.pem")
        Path(self.file).write_bytes(made.sign(self._secret, hashes.SHA256()).public_bytes(Encoding.PEM))

    def pair(self, name: str, *addresses: str, days: float = 1) -> Pair:
        """A certificate for these addresses that ends in so many days, and its key, in files of that name."""
        secret = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._secret.public_key())
        made = self._begun(subject, secret, days).add_extension(issuer, False)
        if addresses:
            names = [x509.IPAddress(ip_address(address)) for address in addresses]
            made = made.add_extension(x509.SubjectAlternativeName(names), False)
        pair = Pair(str(self._folder / f"{name}.crt"), str(self._folder / f"{name}.key"))
        Path(pair.certificate).write_bytes(made.sign(self._secret, hashes.SHA256()).public_bytes(Encoding.PEM))
        written = secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        Path(pair.key).write_bytes(written)
        return pair

    def _begun(self, subject: x509.Name, secret: ec.EllipticCurvePrivateKey, days: float) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(secret.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=2))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(secret.public_key()), False)
        )
