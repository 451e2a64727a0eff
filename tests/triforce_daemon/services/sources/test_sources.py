"""A picture or document is read from a workspace or a data URL, whole or not at all."""

import base64
import os
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import FileMissing, InvalidRequest, PathRefused, PayloadTooLarge
from triforce_daemon.services.files import Files, Place
from triforce_daemon.services.sources.sources import Source, Sources, _inline
from triforce_daemon.services.web.fetch import Fetcher

ME = Caller(kind="owner", name="me", uid=os.getuid())


async def test_a_file_of_a_workspace(served: ServedDaemon, folder: str) -> None:
    sources = Sources(served.parts.get(Files), cast(Fetcher, None))
    with open(f"{folder}/a.png", "wb") as file:
        file.write(b"12345")
    assert await sources.get(Place(ME, "a.png", folder), 5) == Source(b"12345", "a.png")
    with pytest.raises(PayloadTooLarge, match="5 bytes"):
        await sources.get(Place(ME, "a.png", folder), 4)
    for path in ("../a.png", "/etc/passwd", "a\0b"):
        with pytest.raises(PathRefused):
            await sources.get(Place(ME, path, folder), 5)
    with pytest.raises(FileMissing):
        await sources.get(Place(ME, "b.png", folder), 5)
    for url in ("file:///etc/passwd", "ftp://x/y", "gopher://x"):
        with pytest.raises(InvalidRequest):
            await sources.get(Place(ME, url, folder), 5)
    assert (await sources.get(Place(ME, "data:image/png;base64,QUJD", folder), 5)).data == b"ABC"


@given(st.binary(max_size=200))
def test_a_data_url_gives_back_what_was_put_in(data: bytes) -> None:
    url = f"data:text/plain;charset=utf-8;base64,{base64.b64encode(data).decode()}"
    assert _inline(url, 1_000) == Source(data, "", "text/plain")


@pytest.mark.parametrize("url", ["data:,hello", "data:image/png;base64,###", "data:image/png;base64", "data:;base64,A"])
def test_what_is_no_data_url(url: str) -> None:
    with pytest.raises(InvalidRequest):
        _inline(url, 1_000)


def test_a_long_data_url_is_not_even_looked_at() -> None:
    with pytest.raises(PayloadTooLarge):
        _inline("data:image/png;base64," + "A" * 3_000, 100)
