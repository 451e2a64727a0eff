"""`triforce daemon`."""

import json
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.triforce_cli.conftest import SCRIPT, Spawn, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import RELOADED, STATUS, STOPPING
from triforce_cli.launcher import wait_for_end

KEYS = ["schema", "state", "pid", "since", "version", "socket", "listen", "managed_by"]


def test_status(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    reply = json.loads(triforce("daemon", "status", "--json").out)
    assert list(reply) == KEYS
    assert (reply["state"], reply["pid"], reply["managed_by"]) == ("ready", 4242, "cli")
    done = triforce("daemon", "status")
    assert done.status == 0
    assert "4242" in done.out


def test_status_where_none_runs(triforce: Triforce, home: Path) -> None:
    done = triforce("daemon", "status", "--json")
    assert (done.status, done.err) == (3, "")
    reply = json.loads(done.out)
    assert list(reply) == KEYS
    assert (reply["state"], reply["pid"]) == ("stopped", None)
    assert reply["socket"] == str(home / ".local/state/triforce/run/triforced.sock")
    assert triforce("daemon", "status").out == "The daemon is not running. It starts with your first question.\n"


def test_start_and_stop_where_there_is_nothing_to_do(triforce: Triforce) -> None:
    done = triforce("daemon", "stop")
    assert (done.status, done.out, done.err) == (0, "", "The daemon was not running.\n")


def test_start_where_one_runs(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("daemon", "start")
    assert (done.status, done.err) == (0, "The daemon runs already (pid 4242).\n")


def test_reload_says_what_is_new_and_what_is_not_yet(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("daemon", "reload")
    assert done.err == "New: routing.retries. From the next start: http.port. See: triforce daemon restart\n"
    fake_daemon.answers("POST", "/v1/daemon/reload", {**RELOADED, "taken": [], "restart": []})
    assert triforce("daemon", "reload").err == "Nothing is new.\n"


def test_a_reload_that_is_refused_says_where_the_file_is_wrong(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    wrong = "/c.toml, line 3: log.level: Input should be 'debug'"
    fake_daemon.refuses("POST", "/v1/daemon/reload", 409, "configuration_invalid", message=wrong)
    done = triforce("daemon", "reload")
    assert (done.status, "line 3: log.level" in done.err) == (78, True)


@pytest.fixture
def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "30"])


def test_stop_waits_for_the_end(fake_daemon: FakeDaemon, triforce: Triforce, sleeper: subprocess.Popen[bytes]) -> None:
    fake_daemon.answers("POST", "/v1/daemon/stop", {**STOPPING, "pid": sleeper.pid, "streams": 2, "drain_seconds": 0.3})
    done = triforce("daemon", "stop", "--timeout", "600ms")
    assert done.status == 124
    assert f"kill {sleeper.pid}" in done.err
    sleeper.kill()
    sleeper.wait()
    done = triforce("daemon", "stop")
    assert done.status == 0
    assert done.err == "Waiting for 2 answers, at most 300 ms.\nThe daemon has stopped; 2 answers finished first.\n"


def test_stop_says_what_was_cut(fake_daemon: FakeDaemon, triforce: Triforce, sleeper: subprocess.Popen[bytes]) -> None:
    fake_daemon.answers("POST", "/v1/daemon/stop", {**STOPPING, "pid": sleeper.pid, "streams": 1, "drain_seconds": 0.1})
    with subprocess.Popen(["sh", "-c", f"sleep 0.5; kill {sleeper.pid}"]):
        done = triforce("daemon", "stop")
    sleeper.wait()
    assert done.err.endswith("The daemon has stopped; 1 answer cut after 100 ms.\n")


def test_stop_now(fake_daemon: FakeDaemon, triforce: Triforce, sleeper: subprocess.Popen[bytes]) -> None:
    fake_daemon.answers("POST", "/v1/daemon/stop", {**STOPPING, "pid": sleeper.pid, "streams": 2})
    done = triforce("daemon", "stop", "--now")
    assert (done.status, done.err) == (0, "The daemon has stopped; 2 answers cut.\n")
    assert sleeper.wait() == -signal.SIGTERM


def test_wait(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("GET", "/v1/health", {"state": "starting"})
    fake_daemon.answers("GET", "/v1/health", {"state": "ready"})
    done = triforce("daemon", "wait")
    assert (done.status, done.err) == (0, "The daemon is ready.\n")


def test_wait_in_vain(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("GET", "/v1/health", {"state": "draining"})
    begun = time.monotonic()
    assert triforce("daemon", "wait", "--timeout", "200ms").status == 124
    assert time.monotonic() - begun < 1


def test_the_life_of_a_real_one(spawn: Spawn) -> None:
    started = json.loads(spawn("daemon", "start", "--json").out)
    assert (started["state"], started["managed_by"]) == ("ready", "cli")
    restarted = json.loads(spawn("daemon", "restart", "--json").out)
    assert restarted["pid"] != started["pid"]
    status = json.loads(spawn("status", "--json").out)
    assert set(status) == set(STATUS)
    done = spawn("daemon", "stop", "--json")
    assert json.loads(done.out)["pid"] == restarted["pid"]
    assert wait_for_end(restarted["pid"], 0), "it has ended when `stop` has"
    assert spawn("daemon", "status").status == 3


def test_run_in_the_foreground(environ: Mapping[str, str], spawn: Spawn) -> None:
    command = [str(SCRIPT), "daemon", "run", "--set", "log.format=text"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environ) as process:
        assert spawn("daemon", "wait").status == 0
        reply = json.loads(spawn("daemon", "status", "--json").out)
        assert (reply["pid"], reply["managed_by"]) == (process.pid, "shell")
        process.send_signal(signal.SIGINT)
        _, log = process.communicate(timeout=20)
    assert process.returncode == 0
    assert b"ready" in log and not log.startswith(b"{")


def test_a_certificate_for_trials(spawn: Spawn, home: Path) -> None:
    made = spawn("daemon", "cert", "--host", "nas.example", "--host", "192.0.2.7")
    assert made.status == 0
    assert "nas.example, 192.0.2.7" in made.out
    assert "triforce config set https.enabled true" in made.out
    (key,) = home.rglob("key.pem")
    before = key.read_bytes()
    refused = spawn("daemon", "cert")
    assert (refused.status, "there already" in refused.err, "--yes" in refused.err) == (6, True, True)
    assert key.read_bytes() == before
    again = json.loads(spawn("daemon", "cert", "--yes", "--json").out)
    assert again["fingerprint"] not in made.out
    assert key.read_bytes() != before


def test_a_certificate_where_the_settings_name_another(spawn: Spawn) -> None:
    assert spawn("config", "set", "https.certificate", "/etc/mine.pem").status == 0
    assert "triforce config unset https.certificate" in spawn("daemon", "cert").out
    assert spawn("daemon", "cert", "-y", "--host", "a b").status == 2
