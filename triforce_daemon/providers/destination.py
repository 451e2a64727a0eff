"""Where a prompt goes that is sent to one model of a provider."""

import re

from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.provider import Provider
from triforce_daemon.wire.boundary import Boundary

_OLLAMAS_CLOUD = re.compile(r"[:-]cloud$", re.IGNORECASE)


def destination(provider: Provider, name: str, listed: Listed | None) -> Boundary:
    """As its list says. An Ollama passes on to its makers what is named so, and perhaps what it has not listed: a copy
    of such a model may have any name."""
    if listed is not None and listed.boundary is not None:
        return listed.boundary
    if provider.dialect == "ollama" and (listed is None or _OLLAMAS_CLOUD.search(name)):
        return "any"
    return provider.boundary
