"""The TCP ports of the http and the https listener."""

import errno
import os
import socket

from triforce_daemon.startup_errors import PortRefused


class TcpPort:
    """A port on an address; port 0 is one that is free."""

    def __init__(self, scheme: str, host: str, port: int, inherited: socket.socket | None = None) -> None:
        """`scheme`: http or https, which is also the section of its settings; `inherited`: bound by systemd."""
        self._scheme = scheme
        self._host = "127.0.0.1" if host == "localhost" else host
        self._port = port
        self._inherited = inherited

    def bind(self) -> socket.socket:
        """Take the port, and listen. Raises PortRefused."""
        bound = self._inherited or self._bind()
        bound.setblocking(False)
        self._host, self._port = bound.getsockname()[:2]
        return bound

    @property
    def host(self) -> str:
        return self._host

    @property
    def port(self) -> int:
        """The port; of port 0, once it is bound, the one that was free."""
        return self._port

    @property
    def url(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{self._scheme}://{host}:{self._port}"

    def _bind(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        try:
            bound = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            raise self._refused(error) from error
        try:
            # A port that a daemon has just left may be taken at once.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((self._host, self._port))
            bound.listen(2_048)
        except OSError as error:
            bound.close()
            raise self._refused(error) from error
        return bound

    def _refused(self, error: OSError) -> PortRefused:
        section = self._scheme
        low = f"Ports below 1024 are for root. Choose another with {section}.port."
        if section == "https":
            low = (
                "Ports below 1024 are for root. Choose another with https.port, or let systemd bind it (docs/https.md)."
            )
        hints = {
            errno.EADDRINUSE: f"Another program listens there. Choose another port with {section}.port; "
            "0 takes a free one.",
            errno.EACCES: low,
            errno.EADDRNOTAVAIL: f"This machine does not have that address. Choose another with {section}.host.",
        }
        hint = hints.get(error.errno or 0, f"Choose another with {section}.host and {section}.port.")
        return PortRefused(f"{self.url} cannot be had: {os.strerror(error.errno or 0)}.", hint)
