"""Which model and which session are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from triforce_cli.errors import NotFound, WrongUsage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from triforce_cli.conversation.conversation import Conversation
    from triforce_cli.daemon_client import DaemonClient
    from triforce_daemon.wire.models import Model
    from triforce_daemon.wire.sessions import Session


class Choice(NamedTuple):
    """How the user named them. Nothing: a new session, and the model that the environment or the daemon names."""

    model: str | None = None
    words: Sequence[str] = ()
    resume: str | None = None
    go_on: bool = False

    def checked(self, title: str | None = None) -> Choice:
        """The same. Raises WrongUsage where it says two things at once, or gives what is old a title."""
        if self.model and self.words:
            raise WrongUsage("Both --model and --query choose the model.", "Give one of them.")
        if self.resume and self.go_on:
            raise WrongUsage("Both --continue and --resume choose the conversation.", "Give one of them.")
        if title is not None and (self.resume or self.go_on):
            raise WrongUsage("--title names a new conversation.", "For an old one: triforce sessions rename")
        return self

    def settle(self, conversation: Conversation, client: DaemonClient, environ: Mapping[str, str]) -> None:
        """Put what was chosen into the conversation. Raises NotFound, or what the daemon says."""
        system = conversation.system
        if self.resume or self.go_on:
            conversation.goes_on_with(client.session(self.resume) if self.resume else last_session(client))
        else:
            conversation.model = environ.get("TRIFORCE_MODEL") or None
        if system is not None:
            conversation.system = system
        if self.model or self.words:
            conversation.model = self.model or model_by_words(client, self.words)


def model_by_words(client: DaemonClient, words: Sequence[str]) -> str:
    """The model whose id or description has all the words; of several, one that can answer now. Raises NotFound."""
    found = [model for model in client.models()["items"] if _has(model, words)]
    if not found:
        raise NotFound(f"No model has the words {' '.join(words)!r}.", "See what there is: triforce models list")
    return min(found, key=lambda model: (model["state"] != "ok", not model["default"], len(model["id"])))["id"]


def last_session(client: DaemonClient) -> Session:
    """The session that was used last. Raises NotFound."""
    sessions = client.sessions(limit=1)["items"]
    if not sessions:
        raise NotFound("There is no conversation yet.", "Begin one with: triforce chat")
    return sessions[0]


def _has(model: Model, words: Sequence[str]) -> bool:
    text = f"{model['id']} {model['description'] or ''}".casefold()
    return all(word.casefold() in text for word in words)
