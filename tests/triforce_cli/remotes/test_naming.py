"""What a context may be called, and which addresses it may have."""

import pytest

from triforce_cli.errors import WrongUsage
from triforce_cli.remotes.naming import checked_name, checked_url


@pytest.mark.parametrize("name", ["local", "", "-x", "a b", "a/b", "x" * 65, "ä", "a\n"])
def test_what_cannot_be_a_name(name: str) -> None:
    with pytest.raises(WrongUsage):
        checked_name(name)


def test_names() -> None:
    assert [checked_name(name) for name in ("prod", "nas.lan", "A-1_b")] == ["prod", "nas.lan", "A-1_b"]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://prod.example:9100", "https://prod.example:9100"),
        ("https://Prod.Example/", "https://prod.example"),
        ("https://[::1]:9100", "https://[::1]:9100"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("http://localhost:9000/", "http://localhost:9000"),
    ],
)
def test_addresses(url: str, kept: str) -> None:
    assert checked_url(url) == kept


@pytest.mark.parametrize(
    "url",
    [
        *("prod.example", "prod.example:9100", "ftp://x", "https://", "https://x:99999", "https://[::1"),
        *("https://u:p@x", "https://@x", "https://x/api", "https://x?a=1", "https://x#a"),
        *("http://prod.example:9000", "http://192.168.1.2", "http://127.0.0.1.example"),
    ],
)
def test_what_cannot_be_an_address(url: str) -> None:
    with pytest.raises(WrongUsage):
        checked_url(url)
