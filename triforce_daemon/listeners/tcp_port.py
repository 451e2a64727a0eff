"""The TCP port of the http listener: on this machine only."""

import errno
import os
import socket

from triforce_daemon.errors import PortRefused


class HttpListener:
    """A port on a loopback address; port 0 is one that is free."""

    def __init__(self, host: str, port: int) -> None:
        self._host = "127.0.0.1" if host == "localhost" else host
        self._port = port

    def bind(self) -> socket.socket:
        """Take the port, and listen. Raises PortRefused."""
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
        bound.setblocking(False)
        self._port = bound.getsockname()[1]
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
        return f"http://{host}:{self._port}"

    def _refused(self, error: OSError) -> PortRefused:
        hints = {
            errno.EADDRINUSE: "Another program listens there. Choose another port with http.port; 0 takes a free one.",
            errno.EACCES: "Ports below 1024 are for root. Choose another with http.port.",
            errno.EADDRNOTAVAIL: "This machine does not have that address. Choose another with http.host.",
        }
        hint = hints.get(error.errno or 0, "Choose another with http.host and http.port.")
        return PortRefused(f"{self.url} cannot be had: {os.strerror(error.errno or 0)}.", hint)
