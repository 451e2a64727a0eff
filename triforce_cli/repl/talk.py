"""A conversation that a person is having: what it knows between two messages, and how one is sent."""

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from triforce_cli.contexts import Globals
from triforce_cli.conversation.answer import Answer, receive
from triforce_cli.conversation.conversation import Conversation
from triforce_cli.conversation.message import encodable
from triforce_cli.conversation.remarks import loading, remark, remark_on_the_end, usage_line
from triforce_cli.conversation.steps import Steps
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.output.as_stream import open_answer

if TYPE_CHECKING:
    from triforce_daemon.wire.sessions import SessionDetail


@dataclass
class Talk:
    conversation: Conversation
    chosen: Globals
    raw: bool = False
    usage: bool = False
    attached: list[str] = field(default_factory=list[str])
    """Blocks that go along with the next message."""
    tokens: int = 0
    said: str | None = None
    """The last message."""
    answer: Answer | None = None
    """What came back on it."""
    ended: bool = False

    def client(self) -> DaemonClient:
        """A client of a daemon that runs: where it has gone, it is started again."""
        return DaemonClient.started(self.chosen)

    def send(self, text: str) -> None:
        """Send a message with what is attached. Raises what went wrong."""
        whole = encodable("\n\n".join([text, *self.attached]))
        self._exchange(whole, again=False)
        self.attached.clear()

    def send_again(self) -> None:
        """Have the last message answered once more, in place of its answer."""
        self._exchange(self.said or "", again=self.conversation.begun)

    def goes_on_with(self, session: "SessionDetail") -> None:
        """Take up a session where it was left."""
        self.conversation.goes_on_with(session)
        self.remembers(session)

    def remembers(self, session: "SessionDetail") -> None:
        """Know what was said in a session before."""
        self.tokens = session["tokens_in"] + session["tokens_out"]
        self.said = session["history"][-1]["input"] if session["history"] else None
        self.answer = None

    def remark(self, text: str) -> None:
        """Say something on the side."""
        remark(text, self.chosen)

    def _exchange(self, text: str, *, again: bool) -> None:
        client = self.client()
        events = self.conversation.ask(client, text, again=again)
        self.said = text or self.said
        printer = open_answer(sys.stdout, self.chosen.environ, raw=self.raw, no_color=self.chosen.no_color)
        progress = loading(self.chosen)
        steps = Steps(client, self.chosen, progress)
        self.answer = receive(events, self.conversation, printer, progress, steps)
        remark_on_the_end(self.answer, self.conversation, self.chosen)
        if self.answer.error is not None:
            raise self.answer.error
        if self.answer.done is not None:
            used = self.answer.done["usage"]
            self.tokens += used["input_tokens"] + used["output_tokens"]
            if self.usage:
                self.remark(usage_line(self.answer.done))
