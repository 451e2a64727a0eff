"""Sockets that systemd has bound before it started the daemon: how it comes to a port below 1024 without being root."""

import os
import socket
from collections.abc import Mapping

#: The first descriptor that systemd hands over.
FIRST = 3


def inherited(environ: Mapping[str, str]) -> dict[str, socket.socket]:
    """By the names of the socket units (`FileDescriptorName=`); nothing where they are meant for another process."""
    if environ.get("LISTEN_PID") != str(os.getpid()):
        return {}
    count = int(environ.get("LISTEN_FDS", "0"))
    names = environ.get("LISTEN_FDNAMES", "").split(":")
    found: dict[str, socket.socket] = {}
    for number, name in zip(range(FIRST, FIRST + count), names, strict=False):
        # Whatever the daemon starts must not hold the port.
        os.set_inheritable(number, False)
        found[name] = socket.socket(fileno=number)
    return found
