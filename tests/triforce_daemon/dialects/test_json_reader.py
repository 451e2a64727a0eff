"""What the readers of all dialects do alike."""

from typing import Any

from triforce_daemon.dialects.canonical import Event, TextDelta
from triforce_daemon.dialects.json_reader import JsonReader
from triforce_daemon.dialects.lines import Lines


class Echo(JsonReader):
    def __init__(self) -> None:
        super().__init__(Lines())

    def _read(self, value: dict[str, Any], events: list[Event]) -> None:
        events.append(TextDelta(type="text", index=0, text=value["t"]))
        self._over = value["t"] == "last"


def texts(events: list[Event]) -> list[str]:
    return [event["text"] for event in events if event["type"] == "text"]


def test_what_is_no_object_is_counted() -> None:
    reader = Echo()
    assert texts(reader.feed(b'{"t": "a"}\n[]\nnull\n{\n{"t": "b"}\n')) == ["a", "b"]
    assert reader.malformed == 3


def test_the_last_piece_may_have_no_end() -> None:
    reader = Echo()
    assert reader.feed(b'{"t": "a"}') == []
    assert texts(reader.end()) == ["a"]


def test_nothing_counts_after_the_end() -> None:
    reader = Echo()
    assert texts(reader.feed(b'{"t": "last"}\n{"t": "late"}\nno json\n{"t": "late"}')) == ["last"]
    assert reader.end() == []
    assert reader.malformed == 0
