"""Bytes as text."""

import pytest

from triforce_daemon.errors import InvalidRequest
from triforce_daemon.services.file_texts import encoded, text_or_base64


def test_what_is_text_and_what_is_not() -> None:
    assert text_or_base64("grün".encode(), "utf-8") == ("grün", None)
    assert text_or_base64(b"gr\xfcn", "latin-1") == ("grün", None)
    assert text_or_base64(b"gr\xfcn!", "utf-8") == (None, "Z3L8biE=")
    assert text_or_base64(b"abc", "base64") == (None, "YWJj")


def test_a_character_that_was_cut_is_left_out() -> None:
    assert text_or_base64("grün".encode()[:3], "utf-8") == ("gr", None)
    assert text_or_base64(b"\xc3", "utf-8") == (None, "ww==")


def test_half_a_character_cannot_be_written() -> None:
    with pytest.raises(InvalidRequest, match="half a character"):
        encoded("\ud800")
