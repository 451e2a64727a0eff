"""What went wrong on the way out, in words for a person."""

import os
import socket
import ssl

from triforce_daemon.errors import UpstreamFailed, UpstreamTimeout

_LATE = {
    "connect": "did not accept a connection",
    "first_byte": "did not begin to answer",
    "idle": "paused in the middle of its answer",
    "total": "did not finish its answer",
}


class Lost(Exception):
    """A connection is of no use any more; says what the other side did, to be put behind its name."""


def lost(peer: str, failure: Lost) -> UpstreamFailed:
    return UpstreamFailed(_sentence(f"{peer} {failure}."))


def timed_out(peer: str, limit: str, seconds: float | None) -> UpstreamTimeout:
    """The error for the limit `limit` of Timeouts."""
    verb = "for more than" if limit == "idle" else "within"
    return UpstreamTimeout(_sentence(f"{peer} {_LATE[limit]} {verb} {seconds:g} s."))


def unreached(peer: str, error: OSError) -> UpstreamFailed:
    """There is no connection to `peer`: no name, nobody there, or nobody who can be trusted."""
    match error:
        case socket.gaierror():
            return UpstreamFailed(f"No address is known for {peer}.", "Check the name and this machine's network.")
        case ssl.SSLError():
            return UpstreamFailed(
                f"No safe connection to {peer}: {_distrust(error)}.",
                "Where a certificate of your own is in use, name its authority's file in SSL_CERT_FILE.",
            )
        case _:
            return UpstreamFailed(
                f"No connection to {peer}: {_reason(error)}.", "Check that it runs and can be reached."
            )


def refused_by_proxy(peer: str) -> UpstreamFailed:
    return UpstreamFailed(f"The proxy on the way to {peer} did not let us through.", "Check HTTPS_PROXY and NO_PROXY.")


def unsendable(peer: str, error: ValueError) -> UpstreamFailed:
    return UpstreamFailed(f"The request to {peer} cannot be sent: {error}.", "Check the URL, the key and the proxy.")


def _distrust(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return (error.reason or "it does not speak TLS").replace("_", " ").lower()


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno and error.errno > 0 else str(error).rstrip(".")


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
