"""Paths as people, models and attackers write them."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.errors import PathRefused
from triforce_daemon.workspaces.relative import below, parts_of, shown, text_of


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("", ()),
        (".", ()),
        ("./", ()),
        ("a", ("a",)),
        ("./a//b/./c/", ("a", "b", "c")),
        ("...", ("...",)),
        ("a/..b/c..", ("a", "..b", "c..")),
        ("~/x", ("~", "x")),
        ("a\nb", ("a\nb",)),
        ("cafe\u0301", ("cafe\u0301",)),
        ("café", ("café",)),
    ],
)
def test_what_is_taken(path: str, parts: tuple[str, ...]) -> None:
    assert parts_of(path) == parts


@pytest.mark.parametrize(
    "path",
    [
        "..", "../x", "a/../b", "a/..", "a/b/../../..", "/etc/passwd", "//x", "/proc/self/root/x", "a\0b", "\ud800",
        "x" * 256, "ä" * 128, "/".join(["abcdefgh"] * 500),
    ],
    ids=lambda path: repr(path)[:30],
)  # fmt: skip
def test_what_is_refused(path: str) -> None:
    with pytest.raises(PathRefused):
        parts_of(path)


HOSTILE = st.text(st.sampled_from("./~a\0\n\\é\u0301\ud800%2e"), max_size=40) | st.text(max_size=60)


@given(HOSTILE)
def test_nothing_that_is_taken_leads_out(path: str) -> None:
    try:
        parts = parts_of(path)
    except PathRefused:
        return
    assert all(part and part not in (".", "..") and "/" not in part and "\0" not in part for part in parts)
    assert parts_of(text_of(parts)) == parts
    assert os.path.normpath(os.path.join("/srv/base", *parts)).startswith("/srv/base")


@given(HOSTILE)
def test_below_means_below(path: str) -> None:
    rest = below(f"/srv/place/{path}", "/srv/place")
    if rest is not None:
        assert ".." not in rest.split("/") or ".." in path.split("/")
        assert not rest.startswith("/")
    assert below(f"/srv/place{path}", "/srv/place") is None or path == "" or path.startswith(("/", "."))


def test_below_knows_a_name_that_only_begins_alike() -> None:
    assert below("/srv/places-too/x", "/srv/place") is None
    assert below("/srv/place", "/srv/place") == ""
    assert below("//srv//place/./a", "/srv/place") == "a"
    # Whoever writes `..` is refused by `parts_of`, wherever it would lead.
    assert below("/srv/place/../other", "/srv/place") == "../other"
    assert below("/srv/other/../place/a", "/srv/place") is None


@given(st.text())
def test_what_is_shown_is_one_printable_line(path: str) -> None:
    text = shown(path)
    assert text.isprintable() and len(text) < 2_000
