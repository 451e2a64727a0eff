"""Sockets that were bound before the daemon began."""

import json
import os
import socket
import subprocess
import sys

import pytest

from triforce_daemon.listeners.inherited import inherited

#: Ends up with the sockets of its parent at 3 and 4, as systemd arranges it, and says what it found.
CHILD = """
import json, os, sys
from triforce_daemon.listeners.inherited import inherited
for place, given in enumerate(sys.argv[2:], 3):
    os.dup2(int(given), place, inheritable=True)
environ = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": str(len(sys.argv) - 2), "LISTEN_FDNAMES": sys.argv[1]}
found = inherited(environ, ("http", "https"))
print(json.dumps({name: [one.getsockname()[1], os.get_inheritable(one.fileno())] for name, one in found.items()}))
"""


def test_they_are_found_by_their_names_and_passed_to_nobody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        # Away from the places that the child fills.
        held = [os.dup(bound.fileno()) for bound in (one, other)]
        high = [os.dup2(descriptor, 60 + number) for number, descriptor in enumerate(held)]
        words = [sys.executable, "-c", CHILD, "https:http", *map(str, high)]
        done = subprocess.run(words, pass_fds=high, capture_output=True, text=True, check=True)
        for descriptor in (*held, *high):
            os.close(descriptor)
        ports = {"https": [one.getsockname()[1], False], "http": [other.getsockname()[1], False]}
        assert json.loads(done.stdout) == ports


@pytest.mark.parametrize("environ", [{}, {"LISTEN_PID": "1", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "https"}])
def test_what_is_meant_for_another_process_is_not_touched(environ: dict[str, str]) -> None:
    assert inherited(environ, ("https",)) == {}


def test_what_no_listener_takes_is_refused_for_its_clients_would_wait_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        high = os.dup2(bound.fileno(), 60)
        words = [sys.executable, "-c", CHILD, "triforced.socket", str(high)]
        done = subprocess.run(words, pass_fds=[high], capture_output=True, text=True)
        os.close(high)
    assert done.returncode == 1
    assert "SocketRefused: systemd hands over a socket with the name triforced.socket" in done.stderr
