"""Files and pipes as parts of a message: nothing of their text is lost or ends its block early."""

import io
import os
import pty
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_cli.conversation.attachments import attachment, fenced, piped, read_text
from triforce_cli.errors import InputInvalid, NotFound, WrongUsage
from triforce_cli.output.markdown_blocks import code_blocks


@given(st.text("ab`~ \n", max_size=40))
def test_a_fence_holds_any_text(text: str) -> None:
    assert code_blocks(fenced("a.md", text)) == [text.removesuffix("\n")]


def test_a_file_stands_under_its_name(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("Notes.")
    assert attachment(str(tmp_path / "notes.md")) == "File `notes.md`:\n\n```md\nNotes.\n```"
    assert fenced("Makefile", "") == "File `Makefile`:\n\n```\n```"


def test_a_name_cannot_act_or_end_its_line() -> None:
    assert fenced("a\x1b[31m\nb\udcff.txt", "").splitlines()[0] == "File `a␛[31m b\ufffd.txt`:"


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbftext")
    assert read_text(str(tmp_path / "a")) == "text"


def test_a_tilde_is_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a").write_text("at home")
    assert read_text("~/a") == "at home"


def test_what_another_program_writes_can_be_named(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("from elsewhere",))
    writer.start()
    assert read_text(str(pipe)) == "from elsewhere"
    writer.join()


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes("Grün".encode("latin-1"))
    with pytest.raises(NotFound):
        read_text(str(tmp_path / "none"))
    with pytest.raises(WrongUsage, match="is a folder"):
        read_text(str(tmp_path))
    with pytest.raises(InputInvalid, match="byte 2 is 0xfc") as told:
        read_text(str(tmp_path / "latin"))
    assert told.value.hint is not None and "iconv" in told.value.hint


def test_what_is_piped_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"ab")))
    assert attachment("-") == "ab"


def test_a_person_is_not_piped_in(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    with open(theirs) as terminal, open(ours):
        monkeypatch.setattr(sys, "stdin", terminal)
        assert piped() == ""
        with pytest.raises(WrongUsage, match="nothing is"):
            attachment("-")
