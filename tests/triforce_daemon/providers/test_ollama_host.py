"""OLLAMA_HOST in all the ways in which people write it."""

import pytest

from triforce_daemon.providers.ollama_host import base_url_of


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("0.0.0.0", "http://localhost:11434"),
        ("[::]:7", "http://localhost:7"),
        ("box", "http://box:11434"),
        ("box:1234", "http://box:1234"),
        (":1234", "http://localhost:1234"),
        ("[::1]", "http://[::1]:11434"),
        ("http://box", "http://box"),
        ("http://box:1", "http://box:1"),
        ("https://box/ollama/", "https://box/ollama"),
        (' "box" ', "http://box:11434"),
    ],
)
def test_what_it_comes_to(text: str, url: str) -> None:
    assert base_url_of(text) == url


@pytest.mark.parametrize(
    "text", ["a b", "me:pw@box", "http://box:99999", "ftp://box", "::1", "169.254.169.254", "http://[::1", "box?x=1"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        base_url_of(text)
