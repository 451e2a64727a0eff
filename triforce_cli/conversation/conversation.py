"""A conversation as this side of it knows it: where it is kept, who answers, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from triforce_cli.conversation.tooling import NO_TOOLS, Tooling
from triforce_daemon.wire.constants import NEW_SESSION

if TYPE_CHECKING:
    from triforce_cli.daemon_client import DaemonClient
    from triforce_cli.transport.replies import EventStream
    from triforce_daemon.wire.sessions import Options, Session, SessionStarted, TurnRequest


@dataclass
class Conversation:
    """What goes along with each message. What is None is left to the daemon: the session's own, or its default."""

    session: str = NEW_SESSION
    title: str | None = None
    model: str | None = None
    system: str | None = None
    """An empty text takes away the instructions that a session has."""
    options: Options | None = None
    json_schema: dict[str, object] | None = None
    keep: bool = True
    boundary: str | None = None
    cwd: str | None = None
    tooling: Tooling = NO_TOOLS

    @property
    def begun(self) -> bool:
        """Whether the daemon knows it already."""
        return self.session != NEW_SESSION

    def ask(self, client: DaemonClient, text: str, *, again: bool = False) -> EventStream:
        """Send a message, or `again` the last one if it is empty; returns the events of the answer."""
        return client.turn(self.session, self.request(text, again=again))

    def request(self, text: str, *, again: bool = False) -> TurnRequest:
        wanted = {
            "input": text,
            "model": self.model,
            "system": self.system,
            "options": self.options or None,
            "json_schema": self.json_schema,
            "keep": None if self.keep else False,
            "boundary": self.boundary,
            "replace_last": again or None,
            "title": None if self.begun else self.title,
            # Tools work where the user stands, also in a conversation that was begun elsewhere.
            "cwd": None if self.begun and not self.tooling.wanted else self.cwd,
            **self.tooling.words(),
        }
        return cast("TurnRequest", {name: value for name, value in wanted.items() if value is not None})

    def begins(self, event: SessionStarted) -> None:
        """Take over what the daemon decided."""
        self.model = event["model"]
        if event["kept"]:
            self.session, self.title = event["session"], event["title"]

    def goes_on_with(self, session: Session) -> None:
        """Take up a session where it was left."""
        self.session, self.title = session["id"], session["title"]
        self.model, self.system = session["model"], session["system"]
