"""What a context may be called, and which addresses it may have."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from triforce_cli.errors import WrongUsage
from triforce_cli.remotes.context import LOCAL

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def checked_name(name: str) -> str:
    """The name of a context that can be added. Raises WrongUsage."""
    if name == LOCAL:
        raise WrongUsage(f"{LOCAL} is the daemon of this machine, and always there.", "Choose another name.")
    if not _NAME.fullmatch(name):
        raise WrongUsage(
            f"{name!r} cannot be the name of a context.", "Letters, digits, dots, dashes and underscores: at most 64."
        )
    return name


def checked_url(url: str) -> str:
    """The address in the one way in which it is kept. Raises WrongUsage."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _no_address(url, str(error)) from None
    if parts.scheme not in ("https", "http") or not host:
        raise _no_address(url, "it has to begin with https://")
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise _no_address(url, "it ends with the host and its port")
    if parts.scheme == "http" and not _is_this_machine(host):
        raise _no_address(url, "without TLS only this machine is spoken to, for a token would be read on the way")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port is not None else "")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _no_address(url: str, why: str) -> WrongUsage:
    return WrongUsage(f"{url!r} is no address of a daemon: {why}.", "Write it like https://prod.example:9100")
