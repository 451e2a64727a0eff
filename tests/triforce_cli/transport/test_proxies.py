"""Which proxy leads to an address."""

import pytest

from triforce_cli.transport.proxies import proxy_for

PROXY = "http://proxy:3128"


@pytest.mark.parametrize(
    ("environ", "proxy"),
    [
        ({}, None),
        ({"https_proxy": PROXY}, PROXY),
        ({"HTTPS_PROXY": "proxy:3128"}, PROXY),
        ({"all_proxy": "socks5://p"}, "socks5://p"),
        ({"http_proxy": PROXY}, None),
        ({"https_proxy": PROXY, "no_proxy": "other, .example"}, None),
        ({"https_proxy": PROXY, "NO_PROXY": "prod.example:9100"}, None),
        ({"https_proxy": PROXY, "no_proxy": "*"}, None),
        ({"https_proxy": PROXY, "no_proxy": "d.example,xample"}, PROXY),
    ],
)
def test_the_environment_decides(environ: dict[str, str], proxy: str | None) -> None:
    assert proxy_for("https://prod.example:9100", environ) == proxy


def test_what_is_not_sealed_passes_through_none() -> None:
    assert proxy_for("http://127.0.0.1:9000", {"http_proxy": PROXY, "https_proxy": PROXY, "all_proxy": PROXY}) is None
