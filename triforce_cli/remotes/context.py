"""A context: the name of a daemon on another machine, where it is, and how it is known."""

from typing import NamedTuple

from triforce_cli.transport.trust import Remote, Trust

#: The daemon of this machine, by its Unix socket; always there.
LOCAL = "local"


class Context(NamedTuple):
    """An entry of `cli.toml`; nothing in it is secret."""

    name: str
    url: str
    fingerprint: str | None = None
    ca: str | None = None
    user: str | None = None
    """Who logged in, as far as that is known."""
    store: str | None = None
    """Where its token is kept: `keyring` or `file`; None: there is none."""

    @property
    def remote(self) -> Remote:
        """What a transport needs to know of it."""
        return Remote(self.name, self.url, Trust(self.fingerprint, self.ca))

    @property
    def kind(self) -> str:
        return self.url.partition(":")[0]
