"""Unified diffs, read: those that git writes, those of people who count wrongly, and what is none."""

import contextlib
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.triforce_daemon.hostile_repository import git, repository, write
from triforce_daemon.errors import InvalidArguments
from triforce_daemon.services.patches.diff import FilePatch, Hunk, read


def test_hunks_and_their_lines() -> None:
    (patch,) = read(
        "a note\n--- a/x\t2026-01-01\n+++ b/x\n@@ -1,3 +1,3 @@ def f\n one\n-two\n+2\n\n@@ -9 +9,0 @@\n-x\n-- \nAda\n"
    )
    assert (patch.old, patch.new, patch.path) == ("a/x", "b/x", "b/x")
    first, second = patch.hunks
    assert first == Hunk(1, [(" ", "one\n"), ("-", "two\n"), ("+", "2\n"), (" ", "\n")])
    assert (first.old, first.new) == (["one\n", "two\n", "\n"], ["one\n", "2\n", "\n"])
    assert second == Hunk(9, [("-", "x\n")])
    (ends,) = read("--- x\n+++ x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n")
    assert ends.hunks[0].lines == [("-", "a"), ("+", "a\n")]


def test_what_looks_like_a_head_and_is_counted() -> None:
    (patch,) = read("--- a\n+++ b\n@@ -1,2 +1,2 @@\n--- one\n-@@\n+++ two\n+\n")
    assert patch.hunks[0].lines == [("-", "-- one\n"), ("-", "@@\n"), ("+", "++ two\n"), ("+", "\n")]


@pytest.mark.parametrize("counts", ["-1,9 +1,9", "-1 +1", "-1,2 +1,1"])
def test_who_counts_wrongly_is_understood(counts: str) -> None:
    first, second = read(f"--- a\n+++ a\n@@ {counts} @@\n one\n-two\n+2\n three\n\n--- b\n+++ b\n@@ -1 +1 @@\n-x\n+y\n")
    assert first.hunks[0].lines == [(" ", "one\n"), ("-", "two\n"), ("+", "2\n"), (" ", "three\n")]
    assert second.hunks[0].lines == [("-", "x\n"), ("+", "y\n")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello\n",
        "@@ -1 +1 @@\n-a\n+b\n",
        "--- a\n+++ b\n",
        "--- a\n+++ b\n@@ broken @@\n-a\n",
        "--- a\n+++ b\n@@ -1 +1 @@\n a\n",
        "--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-a\n+b\n",
    ],
)
def test_what_is_no_diff_is_refused(text: str) -> None:
    with pytest.raises(InvalidArguments):
        read(text)


PIECES = [
    "--- a/x\n",
    "+++ b/x\n",
    "@@ -1,2 +1 @@\n",
    " a\n",
    "-b\n",
    "+c\n",
    "\n",
    "\\ No newline at end of file\n",
    "-- \n",
]
PIECES += [
    'diff --git a/x "b',
    "diff --git ",
    '"',
    "new file mode 100644\n",
    "rename to y\n",
    "Binary files a and b differ\n",
]


@settings(max_examples=100)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_whatever_comes_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidArguments):
        assert all(patch.path or patch.refused or not patch.hunks for patch in read(text))


def test_all_that_git_says(folder: str) -> None:
    files = {"a.txt": "1\n2\n", "ä b.txt": "x", "gone": "y\n", "empty": "", "moved": "z\n" * 20, "mode": "m\n"}
    here = repository(f"{folder}/project", files)
    write(here, {"a.txt": "1\n3\n", "ä b.txt": "x\n", "run.sh": "#!/bin/sh\n", "nothing": ""})
    os.chmod(f"{here}/run.sh", 0o755)
    os.chmod(f"{here}/mode", 0o755)
    for path in ("gone", "empty"):
        os.unlink(f"{here}/{path}")
    git(here, "mv", "moved", "there")
    os.symlink("a.txt", f"{here}/link")
    with open(f"{here}/picture", "wb") as file:
        file.write(b"\0\1\2")
    git(here, "add", "-A")
    by_path = {one.path: one for one in read(git(here, "diff", "--cached", "-M", "--no-rename-empty"))}
    assert by_path.keys() == {
        *(
            "b/a.txt",
            "b/ä b.txt",
            "b/run.sh",
            "b/nothing",
            "a/gone",
            "b/empty",
            "there",
            "b/link",
            "b/picture",
            "b/mode",
        ),
    }
    assert (by_path["b/run.sh"].old, by_path["b/run.sh"].mode) == (None, 0o755)
    assert by_path["b/nothing"] == FilePatch(None, "b/nothing", mode=0o644)
    assert (by_path["a/gone"].new, by_path["b/empty"].old) == (None, "b/empty")
    assert (by_path["there"].old, by_path["there"].bare) == ("moved", True)
    assert [path for path, one in sorted(by_path.items()) if one.refused] == ["b/link", "b/mode", "b/picture"]


@pytest.mark.parametrize(
    "line", ["new file mode 100999", "deleted file mode \N{ARABIC-INDIC DIGIT THREE}", 'rename to "a/\\400"']
)
def test_numbers_that_are_none_are_words(line: str) -> None:
    with contextlib.suppress(InvalidArguments):
        assert [one.refused for one in read(f"diff --git a/x b/x\n{line}\n")] == [None]
