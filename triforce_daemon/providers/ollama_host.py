"""What OLLAMA_HOST means: https://docs.ollama.com/faq#how-do-i-configure-ollama-server"""

from urllib.parse import urlsplit

from triforce_daemon.addresses import web_address

_PORT = 11434
_ANY = ("0.0.0.0", "::")


def base_url_of(text: str) -> str:
    """The base URL that it comes to; it may lack the scheme, the host and the port. Raises ValueError."""
    text = text.strip().strip("\"'")
    scheme, found, rest = text.rpartition("://")
    if {"@", "?", "#"} & set(rest):
        raise ValueError("it holds more than a host, a port and a path")
    place, slash, path = rest.partition("/")
    parts = urlsplit(f"//{place}")
    host, port = parts.hostname or "localhost", parts.port
    # A server that listens everywhere is reached here.
    host = "localhost" if host in _ANY else host
    if port is None and not found:
        port = _PORT
    shown = f"[{host}]" if ":" in host else host
    where = f"{shown}:{port}" if port is not None else shown
    return web_address(f"{scheme or 'http'}://{where}{slash}{path}")
