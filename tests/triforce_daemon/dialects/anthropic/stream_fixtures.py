"""A stream as the provider sends it, made after the documentation: thoughts, a text, a search, two calls."""

from pathlib import Path


def _events(text: str) -> list[tuple[str, str]]:
    lines = [one.split("\n") for one in text.removesuffix("\n\n").split("\n\n")]
    return [(name.removeprefix("event: "), data.removeprefix("data: ")) for name, data in lines]


#: Name and data of each event.
EVENTS = _events(Path(__file__).with_name("two_calls.sse").read_text(encoding="utf-8"))


def stream(events: list[tuple[str, str]] = EVENTS) -> bytes:
    return "".join(f"event: {name}\ndata: {data}\n\n" for name, data in events).encode()
