"""Bytes as text."""

import os

import orjson
import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import InvalidRequest
from triforce_daemon.services.file_texts import encoded, listed, text_or_base64
from triforce_daemon.services.files import Files, Place


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


async def test_a_name_that_is_no_text_stands_in_a_list_and_leads_nowhere(served: ServedDaemon, folder: str) -> None:
    os.makedirs(f"{folder}/project/sub")
    for name in (b"sub/\xff.py", b"plain.py"):
        with open(os.fsencode(f"{folder}/project/") + name, "w"):
            pass
    place = Place(Caller(kind="owner", name="me", uid=os.getuid()), ".", f"{folder}/project")
    found = await listed(served.parts.get(Files), place, recursive=True, glob=None, limit=9)
    assert [one.name for one in found.items] == ["plain.py", "sub", "sub/\N{REPLACEMENT CHARACTER}.py"]
    assert orjson.dumps([one.name for one in found.items])
