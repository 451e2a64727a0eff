"""Which way a request goes."""

import pytest

from triforce_daemon.outbound.proxies import Proxies


@pytest.mark.parametrize(
    ("environ", "url", "proxy"),
    [
        ({}, "http://a.example/", None),
        ({"HTTP_PROXY": "http://p:1"}, "http://a.example/", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1"}, "https://a.example/", None),
        ({"HTTPS_PROXY": "p:1"}, "https://a.example/", "http://p:1"),
        ({"https_proxy": "http://small:1", "HTTPS_PROXY": "http://large:1"}, "https://a.example/", "http://small:1"),
        ({"ALL_PROXY": "http://p:1"}, "https://a.example/", "http://p:1"),
        ({"ALL_PROXY": "http://p:1", "https_proxy": "http://q:1"}, "https://a.example/", "http://q:1"),
        ({"https_proxy": "http://p:1", "NO_PROXY": "*"}, "https://a.example/", None),
        ({"https_proxy": "http://p:1", "NO_PROXY": "b.example, a.example"}, "https://a.example:8443/", None),
        ({"https_proxy": "http://p:1", "NO_PROXY": ".example"}, "https://A.example/", None),
        ({"https_proxy": "http://p:1", "NO_PROXY": "example"}, "https://notexample/", "http://p:1"),
        ({"https_proxy": "http://p:1", "NO_PROXY": "a.example:8443"}, "https://u:p@a.example:8443/", None),
        ({"https_proxy": "http://p:1", "NO_PROXY": "a.example:8443"}, "https://a.example:443/", "http://p:1"),
        ({"https_proxy": "http://p:1", "NO_PROXY": ",,"}, "https://a.example/", "http://p:1"),
        ({"ALL_PROXY": "http://p:1"}, "http://localhost:11434/", None),
        ({"ALL_PROXY": "http://p:1"}, "https://127.0.0.1/", None),
        ({"ALL_PROXY": "http://p:1"}, "http://[::1]:1/", None),
        ({"ALL_PROXY": "http://p:1"}, "http://127.1/", "http://p:1"),
    ],
)
def test_the_environment_decides(environ: dict[str, str], url: str, proxy: str | None) -> None:
    assert Proxies(environ).find(url) == proxy
