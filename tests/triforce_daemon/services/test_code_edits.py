"""One edit in a text."""

import subprocess
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.errors import FileChanged, InvalidRequest
from triforce_daemon.services.code_edits import Edit, diff_of, syntax_ok
from triforce_daemon.services.patches.application import applied
from triforce_daemon.services.patches.diff import read

TEXT = "one\ntwo\nthree\n"


@pytest.mark.parametrize(
    ("edit", "after"),
    [
        (Edit("replace", old_text="two", new_text="2"), "one\n2\nthree\n"),
        (Edit("replace", old_text="two\n", new_text=""), "one\nthree\n"),
        (Edit("replace", new_text="2\n2b", line=2), "one\n2\n2b\nthree\n"),
        (Edit("replace", new_text="all", line=1, end_line=3), "all\n"),
        (Edit("insert", new_text="zero", line=1), "zero\none\ntwo\nthree\n"),
        (Edit("insert", new_text="four", line=4), "one\ntwo\nthree\nfour\n"),
        (Edit("append", new_text="four"), "one\ntwo\nthree\nfour\n"),
        (Edit("delete", old_text="two\n"), "one\nthree\n"),
        (Edit("delete", line=2, end_line=3), "one\n"),
    ],
)
def test_edits(edit: Edit, after: str) -> None:
    assert edit.applied(TEXT) == after


@pytest.mark.parametrize(
    ("edit", "error"),
    [
        (Edit("replace", old_text="four", new_text="x"), FileChanged),
        (Edit("replace", old_text="e", new_text="x"), FileChanged),
        (Edit("replace", old_text="two"), InvalidRequest),
        (Edit("replace", new_text="x"), InvalidRequest),
        (Edit("replace", new_text="x", line=4), FileChanged),
        (Edit("replace", new_text="x", line=3, end_line=2), FileChanged),
        (Edit("insert", new_text="x"), InvalidRequest),
        (Edit("insert", line=1), InvalidRequest),
        (Edit("insert", new_text="x", line=5), FileChanged),
        (Edit("append"), InvalidRequest),
        (Edit("delete"), InvalidRequest),
    ],
)
def test_edits_that_miss(edit: Edit, error: type[Exception]) -> None:
    with pytest.raises(error):
        edit.applied(TEXT)


def test_a_last_line_without_an_end() -> None:
    assert Edit("append", new_text="b").applied("a") == "a\nb\n"
    assert Edit("insert", new_text="b", line=2).applied("a") == "a\nb\n"
    assert Edit("append", new_text="b").applied("") == "b\n"


LINES = st.lists(st.text(st.sampled_from("ab "), max_size=4), max_size=6).map(
    lambda lines: "".join(f"{x}\n" for x in lines)
)


@given(LINES, LINES)
def test_a_diff_makes_of_the_one_the_other(before: str, after: str) -> None:
    diff = diff_of(before, after, "file")
    assert (diff == "") == (before == after)


def test_a_diff_can_be_applied(folder: str) -> None:
    for before, after in (("a\nb", "a\nc"), ("a\nb\n", "a\nb"), ("", "x\n")):
        with open(f"{folder}/file", "w") as file:
            file.write(before)
        subprocess.run(["git", "apply", "-"], input=diff_of(before, after, "file"), text=True, cwd=folder, check=True)
        with open(f"{folder}/file") as file:
            assert file.read() == after


@pytest.mark.parametrize(
    ("path", "text", "ok"),
    [
        ("a.py", "x = 1", True),
        ("a.py", "x =", False),
        ("a.py", "x\0", False),
        ("a.json", "{}", True),
        ("a.json", "{", False),
        ("a.toml", "a = 1", True),
        ("a.toml", "a", False),
        ("a.txt", "(", None),
    ],
)
def test_whether_it_can_be_read(path: str, text: str, ok: bool | None) -> None:
    assert syntax_ok(path, text) is ok


def test_very_much_that_has_changed_is_one_piece_and_takes_no_time() -> None:
    lines, began = [f"{number}\n" for number in range(30_000)], process_time()
    before, after = "".join(["a\n", *lines, "z\n", "same\n"]), "".join(["a\n", *reversed(lines), "y\n", "same\n"])
    diff = diff_of(before, after, "x")
    assert diff.startswith("--- a/x\n+++ b/x\n@@ -1,30003 +1,30003 @@\n a\n-0\n-1\n") and diff.endswith("+y\n same\n")
    made = applied(before, read(diff)[0].hunks)
    assert (made.text, made.rejected) == (after, ())
    assert process_time() - began < 2


def test_of_a_very_long_text_nobody_looks_whether_it_can_be_read() -> None:
    assert syntax_ok("a.py", "x = 1\n" * 200_000) is None
