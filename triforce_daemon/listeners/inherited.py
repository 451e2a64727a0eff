"""Sockets that systemd has bound before it started the daemon: so it comes to ports below 1024 without being root."""

import os
import socket
from collections.abc import Collection, Mapping

from triforce_daemon.startup_errors import SocketRefused

#: The first descriptor that systemd hands over.
FIRST = 3


def inherited(environ: Mapping[str, str], wanted: Collection[str]) -> dict[str, socket.socket]:
    """By the names of the socket units (`FileDescriptorName=`); nothing where they are meant for another process.

    Raises SocketRefused for one that is not `wanted`: whoever connects to it would wait for ever.
    """
    if environ.get("LISTEN_PID") != str(os.getpid()):
        return {}
    count = int(environ.get("LISTEN_FDS", "0"))
    names = environ.get("LISTEN_FDNAMES", "").split(":")
    found: dict[str, socket.socket] = {}
    for number, name in zip(range(FIRST, FIRST + count), names, strict=False):
        # Whatever the daemon starts must not hold the port.
        os.set_inheritable(number, False)
        found[name] = socket.socket(fileno=number)
    for name in found.keys() - set(wanted):
        told = ", ".join(sorted(wanted))
        raise SocketRefused(
            f"systemd hands over a socket with the name {name}, which no listener takes.",
            f"Listeners that are on: {told}. Switch that one on, or name another with FileDescriptorName=.",
        )
    return found
