"""The http listener of the real daemon: what it says of itself, and what becomes of a port that cannot be had."""

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping

import pytest

from tests.end_to_end.processes import Daemon, running, triforce

ON = ("--set", "builtin.enabled=false", "--set", "http.enabled=true", "--set", "http.port=0")


def address(daemon: Daemon) -> tuple[str, int]:
    _, status = daemon.call("GET", "/v1/status")
    host, _, port = status["daemon"]["listen"][0].removeprefix("http://").rpartition(":")
    return host.strip("[]"), int(port)


def get(daemon: Daemon, path: str, token: str | None = None, **headers: str) -> int:
    connection = http.client.HTTPConnection(*address(daemon), timeout=10)
    named = {"authorization": f"Bearer {token}"} if token else {}
    connection.request("GET", path, headers={**named, **headers})
    status = connection.getresponse().status
    connection.close()
    return status


def failure(environ: Mapping[str, str], *flags: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "triforce_daemon", "run", *ON, *flags]
    done = subprocess.run(command, env=dict(environ), capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stderr


def test_a_token_made_on_the_command_line_opens_the_port_also_after_a_restart(home: dict[str, str]) -> None:
    with running(home, *ON) as daemon:
        assert f"http://127.0.0.1:{address(daemon)[1]}" in triforce(home, "status").stdout.decode()
        made = triforce(home, "auth", "token", "create", "laptop")
        token = made.stdout.decode().strip()
        assert (made.returncode, get(daemon, "/v1/models", token), get(daemon, "/v1/models")) == (0, 200, 401)
        assert get(daemon, "/v1/health") == 200
    assert token not in daemon.words()
    with running(home, *ON) as daemon:
        assert get(daemon, "/v1/models", token) == 200
        _, listed = daemon.call("GET", "/v1/tokens")
        assert listed["items"][0]["last_used"] is not None
        assert triforce(home, "auth", "token", "revoke", "laptop").returncode == 0
        assert get(daemon, "/v1/models", token) == 401
    with open(os.path.join(home["HOME"], ".local/state/triforce/triforce.db"), "rb") as database:
        assert token[3:].encode() not in database.read()


def test_without_the_setting_there_is_no_port(home: dict[str, str]) -> None:
    with running(home, "--set", "builtin.enabled=false") as daemon:
        assert daemon.call("GET", "/v1/status")[1]["daemon"]["listen"] == []


def test_names_and_pages_that_its_owner_allows(home: dict[str, str]) -> None:
    allowed = ("--set", "http.hosts=tri.example,other.example:8", "--set", "http.origins=https://app.example")
    with running(home, *ON, *allowed) as daemon:
        token = daemon.call("POST", "/v1/tokens", {"name": "t"})[1]["token"]
        assert get(daemon, "/v1/models", token, Host="tri.example") == 200
        assert get(daemon, "/v1/models", token, Host="evil.example") == 403
        assert get(daemon, "/v1/models", token, Origin="https://app.example") == 200
        assert get(daemon, "/v1/models", token, Origin="https://evil.example") == 403


@pytest.mark.skipif(not os.path.exists("/proc/net/if_inet6"), reason="this machine has no IPv6")
def test_the_sixth_version(home: dict[str, str]) -> None:
    with running(home, *ON, "--set", "http.host=::1") as daemon:
        assert get(daemon, "/v1/health") == 200


def test_a_port_that_is_taken_ends_the_daemon_with_a_word(home: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        status, words = failure(home, "--set", f"http.port={port}")
        assert status == 78
        assert f"http://127.0.0.1:{port}" in words
        assert "http.port" in words
        body = json.loads(failure(home, "--json", "--set", f"http.port={port}")[1].splitlines()[-1])
        assert body["error"]["code"] == "port_refused"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_it_is_for_this_machine_alone(home: dict[str, str], host: str) -> None:
    status, words = failure(home, "--set", f"http.host={host}")
    assert status == 78
    assert "http.host" in words
    assert "only this machine" in words
