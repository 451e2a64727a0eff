"""Where Redis is, and what it takes to be let in, out of one address."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio.connection import parse_url


@dataclass(frozen=True, slots=True)
class Address:
    host: str = "localhost"
    port: int = 6_379
    #: Of a Unix socket; host and port mean nothing then.
    path: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    db: int = 0
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    @classmethod
    def of(cls, url: str, password: str | None = None) -> "Address":
        """Of `redis://`, `rediss://` or `unix://`; `password` counts where the address holds none.

        Raises ValueError.
        """
        told = parse_url(url)
        # Who answers is always checked: `ssl_cert_reqs=none` is not taken.
        tls = _tls(**_files(told)) if url.startswith("rediss://") else None
        return cls(
            host=told.get("host", "localhost"),
            port=told.get("port", 6_379),
            path=told.get("path"),
            username=told.get("username"),
            password=told.get("password") or password,
            db=told.get("db", 0),
            tls=tls,
        )

    def greeting(self) -> list[tuple[str, ...]]:
        """What is said before anything else."""
        said: list[tuple[str, ...]] = []
        if self.password is not None:
            said.append(("AUTH", self.username, self.password) if self.username else ("AUTH", self.password))
        if self.db:
            said.append(("SELECT", str(self.db)))
        return [*said, ("PING",)]

    def __str__(self) -> str:
        return self.path or f"{self.host}:{self.port}"


def _files(told: Mapping[str, Any]) -> dict[str, str]:
    return {name: told[name] for name in ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile") if told.get(name)}


def _tls(ssl_ca_certs: str = "", ssl_certfile: str = "", ssl_keyfile: str = "") -> ssl.SSLContext:
    try:
        # Whoever names who is trusted trusts nobody else.
        context = ssl.create_default_context(cafile=ssl_ca_certs or None)
    except OSError as error:
        raise ValueError(f"ssl_ca_certs={ssl_ca_certs}: {_said(error, 'it holds no certificate')}") from error
    try:
        if ssl_certfile:
            # Without a password OpenSSL would ask the terminal for that of a locked key.
            context.load_cert_chain(ssl_certfile, ssl_keyfile or None, password="")
    except OSError as error:
        named = f"ssl_certfile={ssl_certfile}" + (f", ssl_keyfile={ssl_keyfile}" if ssl_keyfile else "")
        raise ValueError(f"{named}: {_said(error, 'they are no certificate with its key')}") from error
    return context


def _said(error: OSError, of_content: str) -> str:
    return of_content if isinstance(error, ssl.SSLError) else str(error.strerror)
