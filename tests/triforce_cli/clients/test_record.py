"""What was done is kept where only its owner reads it, and comes back as it was."""

import json
from pathlib import Path

import pytest

from triforce_cli.clients import record
from triforce_cli.clients.record import KeptEdit, KeptFile, Record
from triforce_cli.errors import InputInvalid

KEPT = Record(
    "codex",
    "t1",
    "http://x",
    "m",
    (
        KeptFile("/f", "json_text", b"\xff\x00", 0o644, "ab", (KeptEdit(("a", "b"), "cd", (None,)),), ("/",)),
        KeptFile("/g", "env_text", None, None, "ef", (KeptEdit(("K",), "gh"),), ()),
    ),
)


def test_what_was_kept_comes_back(environ: dict[str, str], home: Path) -> None:
    assert record.load(environ, "codex") is None
    record.save(environ, KEPT)
    assert record.load(environ, "codex") == KEPT
    file = Path(record.record_file(environ, "codex"))
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("content", ["{", "[]", "{}", json.dumps({"client": "c", "token": 1, "files": [1]})])
def test_a_damaged_record_is_told(environ: dict[str, str], content: str) -> None:
    record.save(environ, KEPT)
    Path(record.record_file(environ, "codex")).write_text(content)
    with pytest.raises(InputInvalid, match="damaged"):
        record.load(environ, "codex")


def test_a_secret_is_kept_as_its_fingerprint() -> None:
    assert record.digest("tf_x") != record.digest("tf_y")
    assert record.digest({"a": 1, "b": 2}) == record.digest({"b": 2, "a": 1})
    assert record.digest(b"x") != record.digest("x")
