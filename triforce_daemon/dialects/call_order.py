"""Puts the streamed tool calls of one answer in order: the pieces of two calls may come mixed, but go on in turn."""

from dataclasses import dataclass, field

import orjson

from triforce_daemon.dialects.canonical import Event, ToolCallDelta, ToolCallStarted
from triforce_daemon.errors import UpstreamFailed

#: No model writes so many characters into its calls; who sends them is broken or hostile.
ARGUMENTS_LIMIT = 32 << 20


@dataclass(slots=True)
class _Call:
    id: str
    name: str
    pieces: list[str] = field(default_factory=list[str])
    index: int = -1
    sent: int = 0
    closed: bool = False
    #: What comes from now on comes too late.
    gone: bool = False

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
        self._size = 0

    def knows(self, key: object, id: str) -> bool:
        """Whether `key` is that of a call that has begun; another `id` under the same key is another call."""
        call = self._calls.get(key)
        return call is not None and (not id or id == call.id)

    def begin(self, key: object, id: str, name: str) -> None:
        if key in self._calls:
            self._calls[key].closed = True
        self._calls[key] = call = _Call(id, name)
        self._waiting.append(call)

    def name(self, key: object, name: str) -> None:
        """The name of a call that began without one: until it is known, the call waits."""
        call = self._calls[key]
        call.name = call.name or name

    def add(self, key: object, text: str) -> bool:
        """The next piece of a call's arguments; False where it comes too late. Raises UpstreamFailed."""
        call = self._calls[key]
        self._size += len(text)
        if self._size > ARGUMENTS_LIMIT:
            raise UpstreamFailed("The provider sent a tool call that does not end.", "Try again.")
        if text and not call.gone:
            call.pieces.append(text)
        return not (text and call.gone)

    def close(self, key: object, arguments: str | None = None) -> None:
        """The upstream says that the call is over; `arguments` stand in for pieces that never came."""
        call = self._calls[key]
        if arguments and not call.pieces:
            call.pieces.append(arguments)
        call.closed = True

    def ready(self, next_index: int) -> list[Event]:
        """What may go on now; new calls are numbered from `next_index`."""
        events: list[Event] = []
        waiting = self._waiting
        while waiting:
            call = waiting[0]
            if call.index < 0:
                if not call.name:
                    break
                next_index = _start(call, next_index, events)
            _continue(call, events)
            if len(waiting) == 1 or not call.over():
                break
            call.gone = True
            del waiting[0]
        return events

    def rest(self, next_index: int) -> list[Event]:
        """All that waits: something else begins, or nothing more comes."""
        events: list[Event] = []
        for call in self._waiting:
            if call.index < 0:
                next_index = _start(call, next_index, events)
            _continue(call, events)
            call.gone = True
        self._waiting.clear()
        return events


def _start(call: _Call, index: int, events: list[Event]) -> int:
    call.index = index
    events.append(ToolCallStarted(type="tool_call", index=index, id=call.id, name=call.name))
    return index + 1


def _continue(call: _Call, events: list[Event]) -> None:
    index, pieces = call.index, call.pieces
    while call.sent < len(pieces):
        events.append(ToolCallDelta(type="arguments", index=index, text=pieces[call.sent]))
        call.sent += 1
