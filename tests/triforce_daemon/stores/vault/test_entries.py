"""The list of keys: its order is the order in which they are used."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.errors import VaultUnavailable
from triforce_daemon.stores.vault.entries import Entries, Entry, from_bytes, to_bytes, with_entry, without_entry

WORK, HOME, OTHER = Entry("groq", "work", "s1"), Entry("groq", "home", "s2"), Entry("mistral", "work", "s3")

entries = st.builds(Entry, st.text(), st.text(), st.text())


def test_a_new_one_is_the_last() -> None:
    assert with_entry((WORK, OTHER), HOME) == (WORK, OTHER, HOME)


def test_a_namesake_keeps_its_place() -> None:
    renewed = Entry("groq", "work", "new")
    assert with_entry((WORK, HOME, OTHER), renewed) == (renewed, HOME, OTHER)


def test_one_is_taken_out() -> None:
    assert without_entry((WORK, HOME, OTHER), "groq", "work") == (HOME, OTHER)
    assert without_entry((WORK,), "groq", "home") == (WORK,)


@given(st.lists(entries).map(tuple))
def test_what_was_written_is_read(kept: Entries) -> None:
    assert from_bytes(to_bytes(kept)) == kept


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"keys": 3}', b'{"keys": [{"provider": "x"}]}', b'"\xff"'])
def test_other_content_is_refused(content: bytes) -> None:
    with pytest.raises(VaultUnavailable, match="damaged"):
        from_bytes(content)


def test_a_secret_is_not_shown() -> None:
    assert "s1" not in repr(WORK)
