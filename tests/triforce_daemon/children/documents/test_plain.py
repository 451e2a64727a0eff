"""Texts are read whatever they are encoded in."""

from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.children.documents.plain import decoded, read


def test_pages_and_a_title() -> None:
    parsed = read(b"text\n\n## The title ##\n\fpage two", markdown=True)
    assert (parsed.title, [number for number, _ in parsed.pages]) == ("The title", [1, 2])
    assert len(list(read(b"\f" * 20_000, markdown=False).pages)) == 10_000
    assert read(b"# no", markdown=False).title is None


@given(st.text(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_was_written_is_read(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding)) == text or text.startswith("\ufeff")


@given(st.binary(max_size=100), st.sampled_from([None, "latin-1", "nonsense", "utf-16", "base64", "rot13"]))
def test_any_bytes_are_read_as_something(data: bytes, said: str | None) -> None:
    assert isinstance(decoded(data, said), str)
