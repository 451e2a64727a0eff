"""The daemon below systemd: what it says to its manager, and the sockets that it is handed."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.end_to_end.processes import Daemon, SocketConnection, triforce
from tests.triforce_daemon.pairs import make_pair, trusting
from triforce_daemon.__main__ import RESTART

QUICKLY = ("--set", "builtin.enabled=false")


def test_it_says_when_it_is_ready_reloads_and_ends(home: Mapping[str, str]) -> None:
    place = os.path.join(home["HOME"], "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(place)
        listening.settimeout(20)

        def heard(word: str) -> str:
            while not (said := listening.recv(4_096).decode()).startswith(word):
                assert said == "WATCHDOG=1", said
            return said

        daemon = Daemon({**home, "NOTIFY_SOCKET": place, "WATCHDOG_USEC": "300000"}, *QUICKLY).start()
        try:
            assert f"Listens on {daemon.socket}" in heard("READY=1")
            assert heard("WATCHDOG=1")
            assert daemon.process is not None
            daemon.process.send_signal(signal.SIGHUP)
            heard("RELOADING=1")
            heard("READY=1")
        finally:
            assert daemon.stop() == 0
        assert "EXTEND_TIMEOUT_USEC=45000000" in heard("STOPPING=1")


def test_told_to_start_anew_it_ends_with_the_status_that_has_systemd_do_so(home: Mapping[str, str]) -> None:
    daemon = Daemon(home, *QUICKLY, "--managed-by", "systemd").start()
    assert daemon.process is not None
    run = {"arguments": {"target": "backend", "delay": 0}, "approved": True}
    status, told = daemon.call("POST", "/v1/tools/restart/run", run)
    assert (status, told["error"]) == (200, None)
    daemon.process.wait(20)
    assert daemon.stop() == RESTART


def activated(home: Mapping[str, str], path: str, port: int, names: str, *flags: str) -> "subprocess.Popen[bytes]":
    """The daemon behind sockets that are there before it is: it begins when somebody connects."""
    command = [sys.executable, "-m", "triforce_daemon", "run", "--socket", path, *QUICKLY, *flags]
    words = ["systemd-socket-activate", "-l", path, "-l", f"127.0.0.1:{port}", f"--fdname={names}"]
    given = [f"--setenv={name}={value}" for name, value in home.items()]
    log = os.path.join(home["HOME"], "daemon.log")
    with open(log, "ab") as said:
        process = subprocess.Popen([*words, *given, *command], env=dict(home), stderr=said, stdin=subprocess.DEVNULL)
    wait_until(lambda: os.path.exists(path), log)
    return process


def wait_until(true: Callable[[], bool], log: str) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, Path(log).read_text("utf-8")
        time.sleep(0.02)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


needs_activation = pytest.mark.skipif(
    not shutil.which("systemd-socket-activate"), reason="systemd-socket-activate is not installed (package systemd)"
)


@needs_activation
def test_it_takes_the_sockets_that_it_is_handed(home: Mapping[str, str]) -> None:
    pair = make_pair(home["HOME"])
    path, port = os.path.join(home["HOME"], "s.sock"), free_port()
    process = activated(home, path, port, "socket:https", "--set", "https.enabled=true")
    try:
        status = json.loads(triforce(home, "--socket", path, "status", "--json").stdout)
        assert status["daemon"]["listen"] == [f"https://127.0.0.1:{port}"]
        with (
            socket.create_connection(("127.0.0.1", port)) as plain,
            trusting(str(pair["certificate"])).wrap_socket(plain, server_hostname="localhost") as secure,
        ):
            secure.sendall(b"GET /v1/health HTTP/1.1\r\nhost: localhost\r\n\r\n")
            assert b" 200 " in secure.recv(4_096).split(b"\r\n")[0]
            assert secure.version() == "TLSv1.3"
    finally:
        process.terminate()
        assert process.wait(20) == 0
    assert os.path.exists(path), "the socket is systemd's"


@needs_activation
def test_one_that_no_listener_takes_ends_it_with_a_word(home: Mapping[str, str]) -> None:
    path = os.path.join(home["HOME"], "s.sock")
    process = activated(home, path, free_port(), "socket:https")
    connection = SocketConnection(path)
    try:
        connection.connect()
        assert process.wait(20) == 78
    finally:
        connection.close()
        process.kill()
    assert "name https, which no listener takes" in Path(home["HOME"], "daemon.log").read_text("utf-8")
