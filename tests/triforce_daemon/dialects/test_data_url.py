"""Data URLs, both ways."""

import pytest

from triforce_daemon.dialects import data_url


@pytest.mark.parametrize(
    ("url", "media_type"),
    [
        ("data:image/png;base64,iVBORw0KGgo=", "image/png"),
        ("DATA:text/plain;charset=utf-8;base64,iVBORw0KGgo=", "text/plain"),
        ("data:;base64,iVBORw0KGgo=", None),
    ],
)
def test_base64_is_read(url: str, media_type: str | None) -> None:
    assert data_url.read(url) == (media_type, "iVBORw0KGgo=")


@pytest.mark.parametrize("url", ["", "https://example.com/a.png", "data:text/plain,hello", "data:image/png;base64"])
def test_another_url_is_none(url: str) -> None:
    assert data_url.read(url) is None


def test_what_is_written_is_read() -> None:
    assert data_url.read(data_url.write("application/pdf", "JVBE")) == ("application/pdf", "JVBE")
    assert data_url.write(None, "AA") == "data:application/octet-stream;base64,AA"


@pytest.mark.parametrize(
    ("base64", "kind"),
    [
        ("iVBORw0KGgoAAA", "image/png"),
        ("/9j/4AAQ", "image/jpeg"),
        ("R0lGODlh", "image/gif"),
        ("UklGRh4A", "image/webp"),
        ("AAAA", "image/png"),
    ],
)
def test_pictures_show_their_kind(base64: str, kind: str) -> None:
    assert data_url.image_type(base64) == kind
