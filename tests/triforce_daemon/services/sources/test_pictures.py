"""Pictures are known by their first bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.services.sources.pictures import media_type

#: One pixel each, or as much of it as tells its kind.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cf50070004fe01fea7356ac50000000049454e44ae426082"
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\0"
GIF = b"GIF89a\x01\x00\x01\x00"
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (GIF, "image/gif"),
        (WEBP, "image/webp"),
        (b"RIFF\x1a\x00\x00\x00WAVEfmt ", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"%PDF-1.7", None),
        (b"", None),
    ],
)
def test_by_its_first_bytes(data: bytes, kind: str | None) -> None:
    assert media_type(data) == kind


@given(st.binary(max_size=20))
def test_any_bytes_are_some_picture_or_none(data: bytes) -> None:
    assert media_type(data) in (None, "image/png", "image/jpeg", "image/gif", "image/webp")
