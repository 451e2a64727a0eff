"""The socket: nobody else's, never two daemons on it, gone when the daemon is."""

import fcntl
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.triforce_daemon.disks import read_only
from triforce_daemon.listeners.unix_socket import SocketListener
from triforce_daemon.startup_errors import AlreadyRunning, SocketRefused


@pytest.fixture
def path(folder: str) -> str:
    return os.path.join(folder, "run", "triforced.sock")


def mode(path: str) -> int:
    return stat.S_IMODE(os.lstat(path).st_mode)


@contextmanager
def bound(path: str) -> Generator[socket.socket]:
    listener = SocketListener(path)
    taken = listener.bind()
    yield taken
    taken.close()
    listener.release()


def refused(path: str) -> SocketRefused:
    with pytest.raises(SocketRefused) as raised:
        SocketListener(path).bind()
    assert raised.value.hint
    return raised.value


def stale(path: str) -> None:
    """What a daemon leaves behind that was killed."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(path)


def test_the_socket_and_all_around_it_are_private(path: str, folder: str) -> None:
    nested = os.path.join(folder, "a", "b", "s")
    before = os.umask(0)
    try:
        with bound(nested):
            assert (mode(nested), mode(nested + ".lock")) == (0o600, 0o600)
            assert mode(os.path.dirname(nested)) == mode(os.path.join(folder, "a")) == 0o700
            assert os.umask(0) == 0, "the process's own mask is as it was"
    finally:
        os.umask(before)


def test_the_socket_is_private_from_its_first_moment(path: str) -> None:
    """Looked at as soon as the system has made it, before anything else can be done to it."""
    seen: list[int] = []

    def look(_: object, event: str, what: object) -> None:
        if event == "c_return" and getattr(what, "__name__", "") == "bind":
            seen.append(mode(path))

    sys.setprofile(look)
    try:
        with bound(path):
            pass
    finally:
        sys.setprofile(None)
    assert seen == [0o600]


def test_whoever_connects_is_heard(path: str) -> None:
    with bound(path) as taken, socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        taken.setblocking(True)
        connection, _ = taken.accept()
        connection.close()


def test_at_the_end_the_socket_is_gone_and_its_place_free(path: str) -> None:
    for _ in range(2):
        with bound(path):
            assert stat.S_ISSOCK(os.lstat(path).st_mode)
        assert not os.path.lexists(path)


def test_releasing_what_is_gone_already_is_no_error(path: str) -> None:
    with bound(path):
        os.unlink(path)


def test_a_stale_socket_is_replaced(path: str) -> None:
    stale(path)
    before = os.lstat(path)
    with bound(path), socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        assert mode(path) == 0o600
    assert before.st_mode != 0


@pytest.mark.parametrize("kind", ["symlink", "dangling symlink", "symlink to a socket", "file", "folder", "pipe"])
def test_anything_else_is_refused_and_not_touched(path: str, folder: str, kind: str) -> None:
    os.mkdir(os.path.dirname(path))
    target = os.path.join(folder, "target")
    if kind == "symlink":
        Path(target).write_text("mine")
    if kind == "symlink to a socket":
        stale(target)
    makes = {"file": lambda: Path(path).touch(), "folder": lambda: os.mkdir(path), "pipe": lambda: os.mkfifo(path)}
    makes.get(kind, lambda: os.symlink(target, path))()
    before = os.lstat(path)
    error = refused(path)
    assert not isinstance(error, AlreadyRunning)
    assert path in error.message
    assert ("a symbolic link" in error.message) == ("symlink" in kind)
    assert os.lstat(path) == before
    if kind == "symlink":
        assert Path(target).read_text() == "mine"


def test_a_refusal_gives_the_lock_back(path: str) -> None:
    os.mkdir(os.path.dirname(path))
    os.mkdir(path)
    refused(path)
    os.rmdir(path)
    with bound(path):
        pass


@pytest.mark.skipif(os.getuid() != 0, reason="only root makes files of other users")
def test_another_users_socket_is_refused_and_not_touched(path: str) -> None:
    stale(path)
    os.lchown(path, 1234, 1234)
    error = refused(path)
    assert "another user" in error.message
    assert os.lstat(path).st_uid == 1234


def test_a_link_in_the_place_of_the_lock_is_not_followed(path: str, folder: str) -> None:
    os.mkdir(os.path.dirname(path))
    os.symlink(os.path.join(folder, "target"), path + ".lock")
    refused(path)
    assert not os.path.exists(os.path.join(folder, "target"))


def test_the_longest_path_is_taken_and_one_byte_more_is_a_clear_error(folder: str) -> None:
    longest = os.path.join(folder, "x" * (107 - len(folder) - 1))
    with bound(longest), socket.socket(socket.AF_UNIX) as client:
        client.connect(longest)
    error = refused(longest + "x")
    assert "108 bytes" in error.message
    assert "107" in error.message
    assert "--socket" in str(error.hint)
    # An umlaut is one character and two bytes.
    assert "108 bytes" in refused(longest[:-1] + "ü").message
    assert os.listdir(folder) == [os.path.basename(longest) + ".lock"]


def test_a_place_that_may_not_be_written_is_told(path: str, folder: str) -> None:
    with read_only(folder):
        assert "cannot be made" in refused(path).message
        assert "cannot be made" in refused(os.path.join(folder, "s")).message
    Path(folder, "file").touch()
    assert "File exists" in refused(os.path.join(folder, "file", "s")).message


def test_a_second_daemon_is_refused_and_the_first_goes_on(path: str) -> None:
    with bound(path):
        assert isinstance(refused(path), AlreadyRunning)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)


def test_a_daemon_that_is_about_to_listen_is_not_overtaken(path: str) -> None:
    """It has the lock already; what lies in the socket's place is its business."""
    stale(path)
    with open(path + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = os.lstat(path)
        assert isinstance(refused(path), AlreadyRunning)
        assert os.lstat(path) == before


def test_another_program_that_listens_there_is_left_alone(path: str) -> None:
    os.mkdir(os.path.dirname(path))
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(path)
        other.listen()
        assert isinstance(refused(path), AlreadyRunning)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)


@pytest.mark.long
def test_of_daemons_that_start_together_exactly_one_wins(path: str, in_full: bool) -> None:
    """On an empty place, and where a killed daemon has left its socket."""
    rivals = 4
    words = [sys.executable, "-m", "tests.triforce_daemon.binding_process", str(rivals)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(200 if in_full else 20):
            if number % 3 == 0 and os.path.exists(path):
                os.unlink(path)
            process.stdin.write(path + "\n")
            process.stdin.flush()
            assert process.stdout.readline().split() == ["AlreadyRunning"] * (rivals - 1) + ["won"]
        process.stdin.close()


def test_a_killed_daemons_place_is_free(path: str) -> None:
    words = [sys.executable, "-m", "tests.triforce_daemon.listening_process", path, "30", "asyncio"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.wait()
    assert os.path.lexists(path)
    with bound(path):
        pass


def test_one_that_systemd_has_bound_is_taken_as_it_is_and_left_to_it(path: str) -> None:
    os.makedirs(os.path.dirname(path))
    with socket.socket(socket.AF_UNIX) as given:
        given.bind(path)
        os.chmod(path, 0o660)
        listener = SocketListener(path, given)
        assert listener.bind() is given
        assert not given.getblocking()
        listener.release()
    assert mode(path) == 0o660


def test_one_that_listens_elsewhere_than_clients_are_told_is_refused(path: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as given, pytest.raises(SocketRefused, match="is not") as raised:
        SocketListener(path, given).bind()
    assert "ListenStream=" in str(raised.value.hint)
