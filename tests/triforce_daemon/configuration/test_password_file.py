"""Passwords in files: one line that is not everybody's to read."""

import os

import pytest

from triforce_daemon.configuration.password_file import password_in
from triforce_daemon.errors import ConfigurationInvalid


@pytest.mark.parametrize(
    ("content", "mode", "password"),
    [
        (b"s3cret", 0o600, "s3cret"),
        (b"s3cret\n", 0o640, "s3cret"),
        (b"with blanks \r\n", 0o400, "with blanks "),
        (b"s3cret\n", 0o644, None),
        (b"", 0o600, None),
        (b"\n", 0o600, None),
        (b"two\nlines\n", 0o600, None),
        (b"\xff\xfe", 0o600, None),
        (b"x" * 5_000, 0o600, None),
    ],
)
def test_what_it_holds(folder: str, content: bytes, mode: int, password: str | None) -> None:
    path = os.path.join(folder, "password")
    with open(path, "wb") as file:
        file.write(content)
    os.chmod(path, mode)
    if password is not None:
        assert password_in(path, "database.password_file") == password
        return
    with pytest.raises(ConfigurationInvalid) as raised:
        password_in(path, "database.password_file")
    assert "database.password_file" in raised.value.message and path in raised.value.message
    assert raised.value.hint and "s3cret" not in raised.value.message


def test_no_file_is_no_password_and_a_missing_one_is_told(folder: str) -> None:
    assert password_in("", "database.password_file") is None
    with pytest.raises(ConfigurationInvalid, match="No such file"):
        password_in(os.path.join(folder, "missing"), "database.password_file")
