"""Takes the places that the daemon listens on, all or none, and gives them back."""

import socket
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from triforce_daemon.listeners.protocols import MarkedProtocol, PeerProtocol, TcpProtocol
from triforce_daemon.listeners.tcp_port import HttpListener
from triforce_daemon.listeners.unix_socket import SocketListener


@dataclass(frozen=True, slots=True)
class Ear:
    """A socket that listens, and how its connections are spoken to."""

    bound: socket.socket
    protocol: type[MarkedProtocol]


@contextmanager
def ears(unix: SocketListener, http: HttpListener | None) -> Generator[list[Ear]]:
    """Raises SocketRefused, AlreadyRunning, PortRefused."""
    with ExitStack() as held:
        taken = [Ear(unix.bind(), PeerProtocol)]
        held.callback(unix.release)
        held.callback(taken[0].bound.close)
        if http is not None:
            taken.append(Ear(http.bind(), TcpProtocol))
            held.callback(taken[1].bound.close)
        yield taken
