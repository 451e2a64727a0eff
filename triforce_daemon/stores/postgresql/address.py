"""Where PostgreSQL is, and what it takes to be let in, out of one address."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Address:
    #: As asyncpg takes it: `postgresql://USER@HOST:PORT/DATABASE?sslmode=verify-full`.
    url: str = field(repr=False)
    #: The same, as a person may see it.
    name: str
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, url: str, password: str | None = None) -> "Address":
        """Of an address that the settings have checked; `password` counts where the address holds none."""
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        own = unquote(parts.password) if parts.password else query.get("password")
        user = f"{quote(unquote(parts.username))}@" if parts.username else ""
        # Of what stands behind it, only where the socket is tells where the database is.
        place = f"?host={query['host']}" if "host" in query else ""
        host = parts.netloc.rpartition("@")[2]
        return cls(url, f"postgresql://{user}{host}{parts.path}{place}", own or password)
