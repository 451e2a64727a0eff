"""Another user of the machine gets nothing: not past the socket's mode, and not past the door behind it."""

import os
import subprocess
import sys

import pytest

from tests.end_to_end.processes import Daemon, running

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")

# The interpreter itself may lie where nobody may read: it becomes nobody after it has loaded what it needs.
ASK = """
import http.client, os, socket, sys
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(sys.argv[1])
connection = Connection("triforced")
try:
    connection.request(sys.argv[2], sys.argv[3])
    print(connection.getresponse().status)
except PermissionError:
    print("permission denied")
"""


def as_nobody(daemon: Daemon, method: str = "GET", path: str = "/v1/status") -> str:
    done = subprocess.run(
        [sys.executable, "-c", ASK, daemon.socket, method, path],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_another_user_cannot_connect(home: dict[str, str]) -> None:
    with running(home, "--set", "builtin.enabled=false") as daemon:
        assert as_nobody(daemon) == "permission denied"


def test_the_socket_alone_keeps_others_out_too(home: dict[str, str]) -> None:
    with running(home, "--set", "builtin.enabled=false") as daemon:
        _open_folders(daemon.socket, home["HOME"])
        assert as_nobody(daemon) == "permission denied"


def test_even_a_socket_open_to_all_serves_only_its_owner(home: dict[str, str]) -> None:
    with running(home, "--set", "builtin.enabled=false") as daemon:
        _open_folders(daemon.socket, home["HOME"])
        os.chmod(daemon.socket, 0o666)
        assert as_nobody(daemon) == "401"
        assert as_nobody(daemon, "POST", "/v1/daemon/stop") == "401"
        assert daemon.answers()


def _open_folders(path: str, top: str) -> None:
    folder = os.path.dirname(path)
    while folder.startswith(top):
        os.chmod(folder, 0o755)
        folder = os.path.dirname(folder)


def test_who_is_mapped_to_an_account_has_its_rights_and_no_others(home: dict[str, str]) -> None:
    mapped = ("--set", "local_users.nobody.account=anna")
    with running(home, "--set", "builtin.enabled=false", *mapped) as daemon:
        _open_folders(daemon.socket, home["HOME"])
        os.chmod(daemon.socket, 0o666)
        assert as_nobody(daemon) == "401"
        assert daemon.call("POST", "/v1/users", {"name": "anna"})[0] == 200
        assert as_nobody(daemon) == "200"
        assert as_nobody(daemon, "GET", "/v1/client/profile") == "200"
        assert as_nobody(daemon, "GET", "/v1/users") == "403"
        assert as_nobody(daemon, "POST", "/v1/daemon/stop") == "403"
        assert daemon.call("PATCH", "/v1/users/anna", {"disabled": True})[0] == 200
        assert as_nobody(daemon) == "401"
