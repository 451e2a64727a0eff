"""Where a prompt goes that is sent to one model of a provider."""

import re

from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.provider import Provider
from triforce_daemon.wire.boundary import Boundary

_OLLAMAS_CLOUD = re.compile(r"[:-]cloud$")


def destination(provider: Provider, name: str, listed: Listed | None) -> Boundary:
    """As its list says; an Ollama passes on to its makers what is named so, also what it has never listed."""
    if listed is not None and listed.boundary is not None:
        return listed.boundary
    if provider.dialect == "ollama" and _OLLAMAS_CLOUD.search(name):
        return "any"
    return provider.boundary
