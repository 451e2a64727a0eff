"""Which proxy a request goes through, by the environment that was passed in."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from triforce_daemon.outbound.loopback import is_loopback


class Proxies:
    """HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY; the small letters win, as in curl."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        everywhere = _read(environ, "all")
        found = {scheme: _with_scheme(_read(environ, scheme) or everywhere) for scheme in ("http", "https")}
        self._proxies = {scheme: proxy for scheme, proxy in found.items() if proxy}
        self._exceptions = [
            name.strip().lstrip(".").lower() for name in _read(environ, "no").split(",") if name.strip()
        ]

    def find(self, url: str) -> str | None:
        """The proxy's URL; None: go straight, as everything does that is meant for this machine."""
        if not self._proxies:
            return None
        parts = urlsplit(url)
        if is_loopback(parts.hostname or ""):
            # A proxy would take `localhost` for itself, and what must not leave this machine would have left it.
            return None
        proxy = self._proxies.get(parts.scheme)
        return None if proxy is None or self._excepted(parts.hostname or "", parts.netloc) else proxy

    def _excepted(self, host: str, netloc: str) -> bool:
        names = (host, netloc.rpartition("@")[2].lower())
        return any(
            rule == "*" or name == rule or name.endswith(f".{rule}") for rule in self._exceptions for name in names
        )


def _read(environ: Mapping[str, str], name: str) -> str:
    return environ.get(f"{name}_proxy") or environ.get(f"{name.upper()}_PROXY") or ""


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy or not proxy else f"http://{proxy}"
