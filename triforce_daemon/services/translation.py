"""One stream between two dialects: read as the upstream writes it, written as the client reads it."""

from triforce_daemon.dialects.canonical import Event, Usage
from triforce_daemon.dialects.dialect import StreamReader, StreamWriter
from triforce_daemon.errors import TriforceError, UpstreamFailed

#: The events that a person sees something of; before the first of them another candidate may take over.
VISIBLE = frozenset({"text", "thinking", "tool_call", "arguments", "refusal"})


class Translation:
    """Does for two dialects what a dialect's `Watch` does where both sides speak the same."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.usage: Usage | None = None
        self.begun = False
        self.pieces = 0
        self.error: TriforceError | None = None

    @property
    def ended(self) -> bool:
        return self._reader.complete

    def feed(self, chunk: bytes) -> bytes:
        """What the client is told for `chunk`."""
        return b"".join([self._take(event) for event in self._reader.feed(chunk)])

    def rest(self) -> bytes:
        """The upstream has closed: what it had not finished saying."""
        return b"".join([self._take(event) for event in self._reader.end()])

    @property
    def end(self) -> bytes:
        return self._writer.finish()

    def fail(self, error: TriforceError, request_id: str) -> bytes:
        return self._writer.fail(error, request_id)

    def _take(self, event: Event) -> bytes:
        if event["type"] in VISIBLE:
            self.begun = True
            self.pieces += 1
        elif event["type"] == "usage":
            self.usage = event["usage"]
            event = {"type": "usage", "usage": self._told(event["usage"])}
        elif event["type"] == "failed":
            self.error = UpstreamFailed(f"The provider failed: {event['message']}", "Try again, or try another model.")
            return b""
        return self._writer.write(event)

    def _told(self, usage: Usage) -> Usage:
        """What the client is told of it."""
        return usage
