"""Every section that holds at once is taken over by somebody, in the real programs too."""

import json
import os
import signal
import time
from pathlib import Path

from tests.end_to_end.processes import Daemon, running, triforce
from triforce_daemon.wire.paths import config_file


def retries(daemon: Daemon) -> object:
    return daemon.call("GET", "/v1/config/routing.retries")[1]["value"]


def test_the_real_daemon_takes_over_at_a_signal_and_by_command(home: dict[str, str]) -> None:
    environ = {**home, "TRIFORCE_BUILTIN_ENABLED": "false"}
    file = Path(config_file(environ))
    file.parent.mkdir(parents=True, exist_ok=True)
    with running(environ) as daemon:
        file.write_text("[routing]\nretries = 0\n")
        assert daemon.process
        os.kill(daemon.process.pid, signal.SIGHUP)
        deadline = time.monotonic() + 5
        while retries(daemon) != 0:
            assert time.monotonic() < deadline
        file.write_text("[routing]\nretries = 1\n[http]\nport = 9123\n")
        done = triforce(environ, "daemon", "reload", "--json")
        told = json.loads(done.stdout)
        assert (told["taken"], told["restart"]) == (["routing.retries"], ["http.port"])
        file.write_text("[routing]\nretries = many\n")
        done = triforce(environ, "daemon", "reload")
        assert done.returncode == 78
        assert b"line 2" in done.stderr
        assert retries(daemon) == 1
        descriptors = f"/proc/{daemon.process.pid}/fd"
        before = len(os.listdir(descriptors))
        for number in range(30):
            file.write_text(f"[routing]\nretries = {number % 3}\n")
            assert daemon.call("POST", "/v1/daemon/reload")[0] == 200
        assert len(os.listdir(descriptors)) <= before + 1
