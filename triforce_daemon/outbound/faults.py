"""What went wrong on the way out, in words for a person."""

import os
from urllib.parse import urlsplit

import aiohttp

from triforce_daemon.errors import TriforceError, UpstreamFailed, UpstreamTimeout

#: Everything that a request may fail with, apart from time.
Fault = (aiohttp.ClientError, OSError, ValueError)

_LATE = {
    "connect": "did not accept a connection",
    "first_byte": "did not begin to answer",
    "idle": "paused in the middle of its answer",
    "total": "did not finish its answer",
}


def peer_name(url: str, unix_socket: str | None) -> str:
    """The other side's name; never more of a URL than host and port, for the rest may hold a secret."""
    try:
        parts = urlsplit(url)
        name = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    except ValueError:
        name = None
    return f"the server {name or '(no name)'}" + (f" on {unix_socket}" if unix_socket else "")


def timed_out(peer: str, limit: str, seconds: float | None) -> UpstreamTimeout:
    """The error for the limit `limit` of Timeouts."""
    verb = "for more than" if limit == "idle" else "within"
    return UpstreamTimeout(_sentence(f"{peer} {_LATE[limit]} {verb} {seconds:g} s."))


def words_for(error: BaseException, peer: str) -> TriforceError:
    """The error that a person may read for what aiohttp or the system reported."""
    match error:
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return UpstreamFailed("That is not an http or https address.", "Check the URL of this upstream.")
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError():
            return UpstreamFailed(
                f"No safe connection to {peer}: {_reason(error)}.",
                "Where a certificate of your own is in use, name its authority's file in SSL_CERT_FILE.",
            )
        case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError():
            return UpstreamFailed(
                f"The proxy on the way to {peer} did not let us through.", "Check HTTPS_PROXY and NO_PROXY."
            )
        case aiohttp.ClientConnectorDNSError():
            return UpstreamFailed(f"No address is known for {peer}.", "Check the name and this machine's network.")
        case aiohttp.ClientConnectorError():
            return UpstreamFailed(
                f"No connection to {peer}: {_reason(error)}.", "Check that it runs and can be reached."
            )
        case aiohttp.ServerDisconnectedError():
            return UpstreamFailed(_sentence(f"{peer} closed the connection without an answer."))
        case aiohttp.ClientPayloadError() | OSError() | RuntimeError():
            return UpstreamFailed(_sentence(f"{peer} broke off the connection."))
        case aiohttp.TooManyRedirects():
            return UpstreamFailed(_sentence(f"{peer} redirects in a circle."))
        case aiohttp.ClientError():
            return UpstreamFailed(_sentence(f"{peer} sent something that is not an HTTP answer."))
        case _:
            return UpstreamFailed(
                f"The request to {peer} cannot be sent: {str(error).rstrip('.')}.",
                "Check the URL, the key and the proxy.",
            )


def _reason(error: aiohttp.ClientConnectorError | aiohttp.ClientConnectorCertificateError) -> str:
    cause = error.certificate_error if isinstance(error, aiohttp.ClientConnectorCertificateError) else error.os_error
    number = getattr(cause, "errno", None)
    return os.strerror(number) if isinstance(number, int) and number > 0 else str(cause)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
