"""The certificate of the https listener: checked when it is read, and a bad new one changes nothing."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.triforce_daemon.pairs import make_pair
from triforce_daemon.listeners import certificate
from triforce_daemon.listeners.certificate import Certificate
from triforce_daemon.startup_errors import CertificateRefused


@pytest.fixture
def pair(folder: str) -> tuple[str, str]:
    made = make_pair(folder)
    return str(made["certificate"]), str(made["key"])


def refused(pair: tuple[str, str]) -> CertificateRefused:
    with pytest.raises(CertificateRefused) as raised:
        Certificate(*pair)
    assert raised.value.hint
    return raised.value


#: What can be wrong with a pair, and what is said of it.
WRONG: dict[str, tuple[Callable[[str, str], object], str]] = {
    "no certificate": (lambda cert, _: os.unlink(cert), "cannot be read: No such file"),
    "no key": (lambda _, key: os.unlink(key), "cannot be read: No such file"),
    "a key for all": (lambda _, key: os.chmod(key, 0o644), "read by others (mode 0644)"),
    "a key that others may write": (lambda _, key: os.chmod(key, 0o622), "read by others (mode 0622)"),
    "no PEM": (lambda cert, _: Path(cert).write_text("hello"), "no pair in PEM"),
    "an empty file": (lambda cert, _: Path(cert).write_text(""), "no pair in PEM"),
    "half a file": (lambda cert, _: Path(cert).write_bytes(Path(cert).read_bytes()[:200]), "no pair in PEM"),
    "the key in the place of the certificate": (lambda cert, key: shutil.copyfile(key, cert), "no pair in PEM"),
    "a folder": (lambda _, key: (os.unlink(key), os.mkdir(key)), "is no file"),
    "another's key": (lambda cert, key: other_key(cert, key), "does not belong to the certificate"),
}


def other_key(cert: str, key: str) -> None:
    home = os.path.join(os.path.dirname(cert), "other")
    shutil.copyfile(str(make_pair(home)["key"]), key)


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told(pair: tuple[str, str], name: str) -> None:
    spoil, words = WRONG[name]
    spoil(*pair)
    assert words in refused(pair).message


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_a_key_of_another_user_is_refused_and_one_of_roots_group_is_not(pair: tuple[str, str]) -> None:
    os.chmod(pair[1], 0o640)
    Certificate(*pair)
    os.chown(pair[1], 1234, 1234)
    assert "another user" in refused(pair).message


def test_a_new_pair_is_taken_in_and_only_then(pair: tuple[str, str], folder: str) -> None:
    held = Certificate(*pair)
    first = held.context()
    held.look()
    assert held.context() is first
    make_pair(folder, replace=True)
    held.look()
    assert held.context() is not first
    assert held.health() == []


def test_a_bad_new_one_changes_nothing_and_is_told_until_it_is_good(pair: tuple[str, str], folder: str) -> None:
    held = Certificate(*pair)
    first = held.context()
    os.chmod(pair[1], 0o644)
    held.look()
    assert held.context() is first
    (line,) = held.health()
    assert (line["code"], line["severity"]) == ("https.certificate", "warning")
    assert "the old one goes on" in line["message"]
    assert line["fix"] == f"chmod 600 {pair[1]}"
    make_pair(folder, replace=True)
    held.look()
    assert held.context() is not first
    assert held.health() == []


def test_one_that_is_gone_for_a_moment_is_waited_for(pair: tuple[str, str]) -> None:
    held = Certificate(*pair)
    os.rename(pair[0], pair[0] + ".away")
    held.look()
    assert [line["code"] for line in held.health()] == ["https.certificate"]
    os.rename(pair[0] + ".away", pair[0])
    held.look()
    assert held.health() == []


@pytest.mark.parametrize(("days", "severity"), [(400, []), (5, ["warning"]), (-1, ["error"])])
def test_its_end_is_told_in_time(
    pair: tuple[str, str], folder: str, monkeypatch: pytest.MonkeyPatch, days: int, severity: list[str]
) -> None:
    from triforce_daemon.listeners import self_signed

    monkeypatch.setattr(self_signed, "_AGO", self_signed._AGO * 1_000)
    monkeypatch.setattr(self_signed, "DAYS", days)
    make_pair(folder, replace=True)
    held = Certificate(*pair)
    assert [line["severity"] for line in held.health()] == severity


async def test_the_files_are_watched(pair: tuple[str, str], folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    monkeypatch.setattr(certificate, "LOOK_SECONDS", 0.01)
    held = Certificate(*pair)
    first = held.context()
    watching = asyncio.create_task(held.watch())
    make_pair(folder, replace=True)
    while held.context() is first:
        await asyncio.sleep(0.01)
    watching.cancel()
