"""Puts the streamed tool calls of one answer in order: the pieces of two calls may come mixed, but go on in turn."""

from dataclasses import dataclass, field

import orjson

from triforce_daemon.dialects.canonical import Event, ToolCallDelta, ToolCallStarted


@dataclass(slots=True)
class _Call:
    id: str
    name: str
    pieces: list[str] = field(default_factory=list[str])
    index: int = -1
    sent: int = 0
    closed: bool = False

    def over(self) -> bool:
        """Whether its arguments are whole, as far as anyone can tell before the end."""
        if self.closed:
            return True
        if not self.pieces or not self.pieces[-1].rstrip().endswith("}"):
            return False
        try:
            orjson.loads("".join(self.pieces))
        except orjson.JSONDecodeError:
            return False
        return True


class CallOrder:
    """Takes calls by the key that the upstream gives them; gives events in which a call begins when the last is over.

    The first open call goes on as it comes. Another waits while the first one's arguments are not whole.
    """

    def __init__(self) -> None:
        self._calls: dict[object, _Call] = {}
        self._waiting: list[_Call] = []

    def __contains__(self, key: object) -> bool:
        return key in self._calls

    def begin(self, key: object, id: str, name: str) -> None:
        self._calls[key] = call = _Call(id, name)
        self._waiting.append(call)

    def add(self, key: object, text: str) -> None:
        if text:
            self._calls[key].pieces.append(text)

    def close(self, key: object, arguments: str | None = None) -> None:
        """The upstream says that the call is over; `arguments` stand in for pieces that never came."""
        call = self._calls[key]
        if arguments and not call.pieces:
            call.pieces.append(arguments)
        call.closed = True

    def ready(self, next_index: int, *, last: bool = False) -> list[Event]:
        """What may go on now; new calls are numbered from `next_index`. `last`: nothing more will come."""
        events: list[Event] = []
        waiting = self._waiting
        while waiting:
            call = waiting[0]
            if call.index < 0:
                call.index = next_index
                next_index += 1
                events.append(ToolCallStarted(type="tool_call", index=call.index, id=call.id, name=call.name))
            for text in call.pieces[call.sent :]:
                events.append(ToolCallDelta(type="arguments", index=call.index, text=text))
            call.sent = len(call.pieces)
            if len(waiting) == 1 or not (last or call.over()):
                break
            del waiting[0]
        return events
