"""A certificate that the daemon's program has made."""

from typing_extensions import TypedDict


class MadeCertificate(TypedDict):
    schema: str
    certificate: str
    key: str
    names: list[str]
    fingerprint: str
    """SHA-256 of the certificate, in hexadecimal with colons."""
    ends: str
