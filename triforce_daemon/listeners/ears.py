"""Takes the places that the daemon listens on, all or none, and gives them back."""

import socket
import ssl
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from triforce_daemon.listeners.limits import Limits
from triforce_daemon.listeners.protocols import HttpProtocol, PeerProtocol
from triforce_daemon.listeners.tcp_port import TcpPort
from triforce_daemon.listeners.tcp_protocol import SecureProtocol, TcpProtocol
from triforce_daemon.listeners.unix_socket import SocketListener


@dataclass(frozen=True, slots=True)
class Ear:
    """A socket that listens, and how its connections are spoken to."""

    bound: socket.socket
    protocol: type[HttpProtocol]
    limits: Limits
    #: What the next connection is encrypted with; None: nothing is.
    context: Callable[[], ssl.SSLContext] | None = None


@dataclass(frozen=True, slots=True)
class Port:
    """A port that is wanted."""

    place: TcpPort
    limits: Limits
    context: Callable[[], ssl.SSLContext] | None = None

    def take(self) -> Ear:
        """Raises PortRefused."""
        protocol = TcpProtocol if self.context is None else SecureProtocol
        return Ear(self.place.bind(), protocol, self.limits, self.context)


@contextmanager
def ears(unix: SocketListener, *ports: Port) -> Generator[list[Ear]]:
    """Raises SocketRefused, AlreadyRunning, PortRefused."""
    with ExitStack() as held:
        taken = [Ear(unix.bind(), PeerProtocol, Limits(connections=0))]
        held.callback(unix.release)
        held.callback(taken[0].bound.close)
        for port in ports:
            taken.append(port.take())
            held.callback(taken[-1].bound.close)
        yield taken
