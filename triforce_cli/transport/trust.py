"""A daemon on another machine: where it is, and how it is known."""

from typing import NamedTuple
from urllib.parse import urlsplit


class Trust(NamedTuple):
    """By what a daemon's certificate is judged; by the issuers that this machine trusts where nothing is named."""

    fingerprint: str | None = None
    """SHA-256 of the only certificate that is taken, as `fingerprint_of` writes it. It alone decides then."""
    ca: str | None = None
    """A file of issuers, in PEM, that are trusted instead of the machine's."""


class Remote(NamedTuple):
    """A daemon on another machine, by the name of its context."""

    name: str
    url: str
    trust: Trust = Trust()

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""
