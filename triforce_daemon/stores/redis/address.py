"""Where Redis is, and what it takes to be let in, out of one address."""

import ssl
from dataclasses import dataclass, field

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

        Raises ValueError, and OSError where a file of certificates that it names cannot be read.
        """
        told = parse_url(url)
        tls = None
        if url.startswith("rediss://"):
            # Who answers is always checked: `ssl_cert_reqs=none` is not taken.
            tls = ssl.create_default_context(cafile=told.get("ssl_ca_certs"))
            if certificate := told.get("ssl_certfile"):
                tls.load_cert_chain(certificate, told.get("ssl_keyfile"))
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
