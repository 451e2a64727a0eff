"""`triforced` as a process: exit statuses, JSON on standard output, errors in words or as JSON, never a traceback."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.triforce_daemon.disks import filled, read_only, small_disk
from triforce_daemon.__main__ import is_a_service
from triforce_daemon.configuration.keys import keys

WORDS = [sys.executable, "-m", "triforce_daemon"]
NOTHING: Mapping[str, str] = {}
NO_MODEL = ("--set", "builtin.enabled=false")


@dataclass
class Ended:
    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one line of JSON on standard output."""
        assert self.err == ""
        assert self.out.isascii()
        assert self.out.count("\n") == 1
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The one line of JSON on standard error."""
        assert self.out == ""
        assert self.err.count("\n") == 1
        return json.loads(self.err)["error"]


class Triforced(Protocol):
    def __call__(self, *argv: str, environ: Mapping[str, str] = NOTHING, stdout: int = subprocess.PIPE) -> Ended: ...


@pytest.fixture
def triforced(home: dict[str, str]) -> Triforced:
    """Run `triforced ARGV…` to its end; it must not show a traceback, whatever it is given."""

    def run(*argv: str, environ: Mapping[str, str] = NOTHING, stdout: int = subprocess.PIPE) -> Ended:
        done = subprocess.run(
            [*WORDS, *argv],
            env={**home, **environ},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            timeout=30,
            check=False,
        )
        out, err = (str(stream or b"", "utf-8", "surrogateescape") for stream in (done.stdout, done.stderr))
        assert "Traceback" not in out + err
        assert "Exception ignored" not in err
        return Ended(done.returncode, out, err)

    return run


@pytest.fixture
def config(folder: str) -> Path:
    return Path(folder, ".config", "triforce", "config.toml")


def write(config: Path, text: str) -> None:
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(text)


def test_list_shows_every_setting(triforced: Triforced, config: Path) -> None:
    write(config, "[log]\nlevel = 'debug'\n")
    ended = triforced(
        "--set", "log.format=text", "config", "list", "--json", environ={"TRIFORCE_CHAT_DEFAULT_MODEL": "ü"}
    )
    listed = ended.document
    assert ended.status == 0
    assert listed["schema"] == "triforce.config.list/1"
    assert listed["file"] == str(config)
    assert [item["key"] for item in listed["items"]] == list(keys())
    shown = {item["key"]: (item["value"], item["origin"]) for item in listed["items"]}
    assert shown["log.level"] == ("debug", "file")
    assert shown["log.format"] == ("text", "flag")
    assert shown["chat.default_model"] == ("ü", "environment")
    assert shown["builtin.context"] == (4096, "default")


def test_what_is_set_is_shown_until_it_is_unset(triforced: Triforced, config: Path) -> None:
    changed = triforced("config", "set", "builtin.context", "2048").document
    assert (changed["value"], changed["origin"], changed["restart"]) == (2048, "file", True)
    shown = triforced("config", "get", "builtin.context").document
    assert (shown["value"], shown["default"], shown["origin"]) == (2048, 4096, "file")
    assert config.read_text() == "[builtin]\ncontext = 2048\n"
    unset = triforced("config", "unset", "builtin.context").document
    assert (unset["value"], unset["origin"]) == (4096, "default")


def test_a_setting_may_be_mended_while_others_are_wrong(triforced: Triforced, config: Path) -> None:
    write(config, "[log]\nlevel = 'loud'\nformat = 'ink'\n")
    ended = triforced("config", "set", "log.level", "debug", environ={"TRIFORCE_NOPE": "1"})
    assert (ended.status, ended.document["value"]) == (0, "debug")
    assert config.read_text() == "[log]\nlevel = \"debug\"\nformat = 'ink'\n"


def test_path_names_the_file(triforced: Triforced, config: Path, folder: str) -> None:
    assert triforced("config", "path").document == {
        "schema": "triforce.config.path/1",
        "file": str(config),
        "exists": False,
    }
    elsewhere = os.path.join(folder, "a \udcff.toml")
    assert triforced("config", "path", "--config", elsewhere).document["file"] == elsewhere
    assert triforced("config", "path", environ={"TRIFORCE_CONFIG": "/x/y"}).document["file"] == "/x/y"


def test_without_a_home_the_account_says_where_it_is(triforced: Triforced, home: dict[str, str]) -> None:
    del home["HOME"]
    assert triforced("config", "path").document["file"].endswith("/.config/triforce/config.toml")


def test_validate_names_the_line_and_the_key(triforced: Triforced, config: Path) -> None:
    assert triforced("config", "validate").document["ok"] is True
    write(config, "# mine\n[log]\nlevel = 'loud'\n")
    ended = triforced("config", "validate", environ={"TRIFORCE_NOPE\udcff": "1"})
    assert ended.status == 78
    check = ended.document
    assert check["ok"] is False
    assert [(item["key"], item["line"]) for item in check["items"]] == [(None, None), ("log.level", 3)]
    assert "'loud'" in check["items"][1]["message"]
    assert "debug, info, warning, error" in check["items"][1]["hint"]


@pytest.mark.parametrize(
    "content", [b"[log\n", b"\xff", b"x = " + b"[" * 9_000, None], ids=["syntax", "bytes", "deep", "folder"]
)
def test_a_file_that_cannot_be_read_is_told(triforced: Triforced, config: Path, content: bytes | None) -> None:
    write(config, "")
    if content is None:
        config.unlink()
        config.mkdir()
    else:
        config.write_bytes(content)
    ended = triforced("config", "list", "--json")
    assert ended.status == 78
    assert ended.error["code"] == "configuration_invalid"
    assert ended.error["message"].startswith(str(config))
    assert ended.error["hint"]
    check = triforced("config", "validate")
    assert (check.status, check.document["ok"], len(check.document["items"])) == (78, False, 1)


@pytest.mark.parametrize(
    ("argv", "status", "code", "words"),
    [
        (("--set", "noequals", "config", "list"), 78, "configuration_invalid", "no `=`"),
        (("config", "list", "--set", "log.levle=info"), 78, "configuration_invalid", "--set log.levle"),
        (("--set", "log.level=loud", "run"), 78, "configuration_invalid", "--set log.level: 'loud'"),
        (("config", "get", "log.levle"), 1, "not_found", "log.levle"),
        (("config", "set", "log.levle", "x"), 1, "not_found", "log.levle"),
        (("config", "set", "builtin.context", "many"), 1, "invalid_request", "builtin.context"),
        (("config", "set", "chat.default_model", "\udcff"), 1, "invalid_request", "chat.default_model"),
    ],
)
def test_errors_are_told_to_programs_and_to_people(
    triforced: Triforced, argv: tuple[str, ...], status: int, code: str, words: str
) -> None:
    ended = triforced(*argv, "--json")
    assert (ended.status, ended.error["code"]) == (status, code)
    assert words in ended.error["message"]
    if code == "configuration_invalid":
        return
    ended = triforced(*argv)
    assert (ended.status, ended.out) == (status, "")
    first, *hints = ended.err.splitlines()
    assert first.startswith("triforced: ")
    assert words in first
    assert hints
    assert all(hint.startswith("  ") for hint in hints)
    if code == "not_found":
        assert hints[0].startswith("  Did you mean log.level")


def test_settings_on_both_sides_of_the_action_count(triforced: Triforced) -> None:
    listed = triforced("--set", "log.level=debug", "config", "list", "--set", "log.format=text").document
    shown = {item["key"]: item["value"] for item in listed["items"]}
    assert (shown["log.level"], shown["log.format"]) == ("debug", "text")


def test_wrong_usage_is_told(triforced: Triforced) -> None:
    for argv in (("config",), ("nonsense",), ("config", "set", "log.level"), ("--no-such-flag",)):
        ended = triforced(*argv)
        assert (ended.status, ended.out) == (2, "")
        assert ended.err.startswith("usage: triforced")


def test_a_reader_that_has_seen_enough_is_no_failure(triforced: Triforced) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = triforced("config", "list", stdout=writing)
    os.close(writing)
    assert (ended.status, ended.err) == (0, "")


def test_an_answer_that_cannot_be_written_is_a_failure(triforced: Triforced) -> None:
    with open("/dev/full", "wb") as full:
        ended = triforced("config", "list", stdout=full.fileno())
    assert ended.status == 1
    assert "No space left" in ended.err


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)], ids=str)
def test_closed_streams_do_no_harm(home: dict[str, str], closed: tuple[int, ...]) -> None:
    shut = " ".join({0: "<&-", 1: ">&-", 2: "2>&-"}[number] for number in closed)
    script = f'"$@" config get log.levle {shut}; echo "status $?"'
    done = subprocess.run(["/bin/sh", "-c", script, "sh", *WORDS], env=home, capture_output=True, text=True, timeout=30)
    assert done.stdout == "status 1\n"
    assert "Traceback" not in done.stderr
    assert ("Did you mean" in done.stderr) == (2 not in closed)


def test_a_folder_that_may_not_be_written_is_told(triforced: Triforced, folder: str) -> None:
    with read_only(folder):
        ended = triforced("config", "set", "log.level", "info", "--json")
        assert (ended.status, ended.error["code"]) == (1, "storage_failed")
        ended = triforced("run", *NO_MODEL, "--json")
        assert (ended.status, ended.error["code"]) == (78, "socket_refused")
        assert folder in ended.error["message"]


def test_a_full_disk_is_told(triforced: Triforced) -> None:
    with small_disk() as disk:
        file = os.path.join(disk, "config.toml")
        with filled(disk):
            ended = triforced("config", "set", "log.level", "info", "--json", "--config", file)
        assert (ended.status, ended.error["code"]) == (1, "storage_failed")
        assert not os.path.exists(file)


def test_doctor_examines_without_a_daemon(triforced: Triforced, folder: str) -> None:
    examined = triforced("doctor", "--json").document
    assert examined["schema"] == "triforce.doctor.list/1"
    assert {check["id"]: check["status"] for check in examined["items"]}["config.valid"] == "ok"
    assert not Path(folder, ".local").exists(), "it changes nothing"


def test_doctor_finds_what_is_broken(triforced: Triforced, folder: str, config: Path) -> None:
    write(config, "[log]\nlevel = 'loud'\n")
    database = Path(folder, "what? 100%.db")
    database.write_bytes(b"SQLite format 3\0" + b"\xff" * 9_000)
    ended = triforced("doctor", "--json", environ={"TRIFORCE_DATABASE_PATH": str(database)})
    checks = {check["id"]: check for check in ended.document["items"]}
    assert ended.status == 0
    assert checks["database.whole"]["status"] == checks["config.valid"]["status"] == "fail"
    assert "line 2" in checks["config.valid"]["summary"]
    assert checks["database.whole"]["fix"]
    assert database.read_bytes().endswith(b"\xff" * 9_000)


@contextmanager
def running(home: dict[str, str], *argv: str) -> "Generator[subprocess.Popen[str]]":
    """The daemon, ready."""
    process = subprocess.Popen(
        [*WORDS, "run", *NO_MODEL, *argv], env=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        assert json.loads(process.stderr.readline())["msg"] == "ready"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_the_daemon_runs_is_alone_and_ends_with_zero(triforced: Triforced, home: dict[str, str], folder: str) -> None:
    path = os.path.join(folder, "s")
    with running(home, "--socket", path) as process:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
        ended = triforced("run", *NO_MODEL, "--socket", path, "--json")
        assert (ended.status, ended.error["code"]) == (69, "already_running")
        assert path in ended.error["message"]
        ended = triforced("run", *NO_MODEL, "--socket", path + "2", "--json")
        assert (ended.status, ended.error["code"]) == (1, "storage_failed")
        assert "Another daemon" in ended.error["message"]
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=10)
        assert (process.returncode, out) == (0, "")
        assert [json.loads(line)["msg"] for line in err.splitlines()] == ["draining", "stopped"]
    assert not os.path.exists(path)


def test_a_daemon_that_was_killed_starts_again(home: dict[str, str], folder: str) -> None:
    for end in (signal.SIGKILL, signal.SIGINT):
        with running(home) as process:
            process.send_signal(end)
            assert process.wait(10) == (0 if end == signal.SIGINT else -end)
    state = Path(folder, ".local/state/triforce")
    assert sorted(path.name for path in state.iterdir()) == [
        "audit",
        "logins",
        "run",
        "triforce.db",
        "triforce.db.lock",
    ]
    assert [path.name for path in (state / "run").iterdir()] == ["triforced.sock.lock"]


@pytest.mark.parametrize(
    ("flag", "status", "words"),
    [
        (("--set", "log.file=/"), 78, "log.file"),
        (("--set", "database.path=/dev/null/x"), 1, "database.path"),
        (("--socket", "/dev/null/x"), 78, "--socket"),
        (("--config", "/"), 78, "/: cannot be read"),
    ],
    ids=["log", "database", "socket", "config"],
)
def test_a_daemon_that_cannot_start_says_why(
    triforced: Triforced, flag: tuple[str, str], status: int, words: str
) -> None:
    ended = triforced("run", *NO_MODEL, *flag)
    assert (ended.status, ended.out) == (status, "")
    assert ended.err.startswith("triforced: ")
    assert words in ended.err


def test_what_is_no_database_stops_the_start_and_is_not_touched(triforced: Triforced, folder: str) -> None:
    file = Path(folder, "notes.txt")
    file.write_text("my notes\n" * 100)
    ended = triforced("run", *NO_MODEL, "--set", f"database.path={file}", "--json")
    assert (ended.status, ended.error["code"]) == (1, "storage_failed")
    assert file.read_text() == "my notes\n" * 100
    assert not list(Path(folder).rglob("*.sock"))


def test_a_certificate_is_made_and_not_overwritten(triforced: Triforced, folder: str) -> None:
    made = triforced("cert", "--host", "x.example").document
    assert (made["names"], made["key"]) == (["x.example"], os.path.join(folder, ".local/state/triforce/tls/key.pem"))
    again = triforced("cert", "--json")
    assert (again.status, again.error["code"]) == (1, "certificate_exists")
    assert triforced("cert", "--replace").document["fingerprint"] != made["fingerprint"]


def test_without_a_certificate_https_does_not_start(triforced: Triforced) -> None:
    ended = triforced("run", *NO_MODEL, "--set", "https.enabled=true", "--json")
    assert (ended.status, ended.error["code"]) == (78, "certificate_refused")
    assert "triforce daemon cert" in ended.error["hint"]


def test_what_a_service_starts_is_no_service_itself() -> None:
    within = {"INVOCATION_ID": "4f9a"}
    assert is_a_service(within) and is_a_service({**within, "SYSTEMD_EXEC_PID": str(os.getpid())})
    assert not is_a_service({**within, "SYSTEMD_EXEC_PID": "1"}) and not is_a_service({})
