"""Which proxy leads to an address, as the environment says."""

from collections.abc import Mapping
from urllib.parse import urlsplit


def proxy_for(url: str, environ: Mapping[str, str]) -> str | None:
    """The proxy's URL; None where the way is direct.

    `https_proxy`, `all_proxy` and `no_proxy` count, also in capitals. What is not sealed by TLS passes through none.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or _is_excepted(parts.hostname or "", parts.netloc, _value("no_proxy", environ)):
        return None
    proxy = _value("https_proxy", environ) or _value("all_proxy", environ)
    if not proxy:
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _is_excepted(host: str, netloc: str, excepted: str) -> bool:
    names = [name.strip().lstrip("*").lstrip(".").lower() for name in excepted.split(",") if name.strip()]
    return any(not name or name in (host, netloc) or host.endswith(f".{name}") for name in names)


def _value(name: str, environ: Mapping[str, str]) -> str:
    return environ.get(name) or environ.get(name.upper()) or ""
