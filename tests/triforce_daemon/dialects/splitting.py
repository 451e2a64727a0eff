"""Streams as a network may bring them: cut anywhere."""

from collections.abc import Iterable, Iterator
from typing import Any

from triforce_daemon.dialects.dialect import StreamReader, StreamWriter


def read(reader: StreamReader, chunks: Iterable[bytes]) -> list[Any]:
    """All events of a stream that comes in these chunks."""
    events: list[Any] = []
    for chunk in chunks:
        events += reader.feed(chunk)
    return [*events, *reader.end()]


def ways_to_cut(stream: bytes) -> Iterator[list[bytes]]:
    """Whole, byte by byte, and in two at every offset."""
    yield [stream]
    yield [stream[place : place + 1] for place in range(len(stream))]
    for place in range(1, len(stream)):
        yield [stream[:place], stream[place:]]


def cut(stream: bytes, places: Iterable[int]) -> list[bytes]:
    """Cut at these offsets."""
    known = sorted({min(place, len(stream)) for place in places})
    return [stream[start:end] for start, end in zip([0, *known], [*known, len(stream)], strict=True)]


def written(writer: StreamWriter, events: Iterable[Any]) -> bytes:
    """A whole stream of these events."""
    return b"".join([writer.write(event) for event in events] + [writer.finish()])


def merged(parts: Iterable[Any]) -> list[Any]:
    """Parts as dialects without borders between them have them: texts in a row are one, and signatures are lost."""
    found: list[Any] = []
    for part in parts:
        one = {name: value for name, value in part.items() if name != "signature"}
        if found and one["type"] in ("text", "thinking") and found[-1]["type"] == one["type"]:
            found[-1]["text"] += one["text"]
        else:
            found.append(one)
    return found
