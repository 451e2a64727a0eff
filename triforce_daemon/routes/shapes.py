"""In whose words an error leaves that no dialect's own route has met: by the path, or by what the client says it is."""

from collections.abc import Mapping

from triforce_daemon.dialects.anthropic.dialect import Anthropic
from triforce_daemon.dialects.gemini.dialect import Gemini
from triforce_daemon.dialects.ollama.dialect import Ollama
from triforce_daemon.routes.inference import errors_of
from triforce_daemon.routes.refusal import ErrorWriter, write_error

#: Headers that only the clients of one API send.
ANTHROPIC_HEADER = "anthropic-version"
GEMINI_HEADER = "x-goog-api-key"

_ANTHROPIC, _GEMINI, _OLLAMA = errors_of(Anthropic()), errors_of(Gemini()), errors_of(Ollama())


def errors_for(path: str, headers: Mapping[str, str]) -> ErrorWriter:
    """What writes errors for whoever sent this."""
    if path.startswith("/api/"):
        return _OLLAMA
    if path.startswith("/v1beta/") or GEMINI_HEADER in headers:
        return _GEMINI
    return _ANTHROPIC if ANTHROPIC_HEADER in headers else write_error
