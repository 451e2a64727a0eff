"""What a refusal says of how to be let in: `WWW-Authenticate`, with the way to MCP's metadata where that was asked."""

import re

from starlette.types import Scope

#: Where RFC 9728 has clients look for what `/v1/mcp` wants.
METADATA = "/.well-known/oauth-protected-resource/v1/mcp"
_MCP = "/v1/mcp"
#: A name or an address with its port: nothing that would end the quotes around it.
_HOST = re.compile(rb"[A-Za-z0-9.:\[\]-]{1,255}")

Headers = list[tuple[bytes, bytes]]


def challenge(scope: Scope, status: int) -> Headers:
    """The headers of a refusal with this status."""
    parameters = _parameters(scope)
    if status == 401:
        return [(b"www-authenticate", b"Bearer " + b", ".join(parameters) if parameters else b"Bearer")]
    if status == 403 and parameters:
        words = b", ".join([b'error="insufficient_scope"', *parameters])
        return [(b"www-authenticate", b"Bearer " + words)]
    return []


def _parameters(scope: Scope) -> list[bytes]:
    """Of the refusal of a request to MCP over the network; none of any other."""
    path = scope["path"]
    if path != _MCP and not path.startswith(f"{_MCP}/"):
        return []
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    if not _HOST.fullmatch(host):
        return []
    place = scope["scheme"].encode() + b"://" + host + METADATA.encode()
    scopes = b"tools:mounted" if path.startswith(f"{_MCP}/servers/") else b"tools"
    return [b'resource_metadata="%s"' % place, b'scope="%s"' % scopes]
