"""A stream as the provider sends it, made after the documentation: thoughts, a text, two calls."""

from pathlib import Path

_TEXT = Path(__file__).with_name("two_calls.sse").read_text(encoding="utf-8").removesuffix("\n\n")

#: The data of each event.
CHUNKS = [one.removeprefix("data: ") for one in _TEXT.split("\n\n")]

#: How the provider says, after its last event, why it broke off.
TAIL = b'{\n  "error": {\n    "code": 503,\n    "message": "High demand.",\n    "status": "UNAVAILABLE"\n  }\n}\n'


def stream(chunks: list[str] = CHUNKS, line_end: str = "\r\n") -> bytes:
    return "".join(f"data: {chunk}{line_end}{line_end}" for chunk in chunks).encode()
