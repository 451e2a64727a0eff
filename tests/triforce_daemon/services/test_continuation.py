"""What was said, and how another one is asked to go on with it."""

from typing import Any

import pytest

from triforce_daemon.dialects.canonical import Request
from triforce_daemon.dialects.openai_chat.writer import Writer
from triforce_daemon.services.continuation import LONGEST, Continuable, Said, Seam, prolonged

REQUEST = Request("m", [{"role": "user", "parts": [{"type": "text", "text": "hi"}]}], max_tokens=10)


class Told:
    """A reader whose chunks are events already."""

    complete = False
    malformed = 0

    def feed(self, chunk: Any) -> list[Any]:
        return [chunk]

    def end(self) -> list[Any]:
        return []


def said(text: str = "", **more: Any) -> Said:
    return Said(Writer(REQUEST, 0), text, **more)


def test_the_next_begins_with_what_was_said_without_its_last_blanks() -> None:
    asked = prolonged(REQUEST, said("One, two \n"), pieces=4)
    assert asked.messages[-1] == {"role": "assistant", "parts": [{"type": "text", "text": "One, two"}]}
    assert asked.max_tokens == 6
    assert REQUEST.messages == asked.messages[:-1]


def test_blanks_alone_are_no_beginning() -> None:
    assert prolonged(REQUEST, said(" \n"), pieces=99).messages == REQUEST.messages
    assert prolonged(REQUEST, said(), pieces=99).max_tokens == 1


@pytest.mark.parametrize(
    ("event", "open"),
    [
        ({"type": "text", "index": 0, "text": "a"}, True),
        ({"type": "thinking", "index": 0, "text": "a"}, True),
        ({"type": "tool_call", "index": 0, "id": "1", "name": "f"}, False),
        ({"type": "refusal", "index": 0, "text": "no"}, False),
        ({"type": "text", "index": 0, "text": "a" * (LONGEST + 1)}, False),
    ],
)
def test_only_plain_text_of_a_bearable_length_can_be_gone_on_with(event: Any, open: bool) -> None:
    so_far = said()
    so_far.note(event)
    assert (so_far.open, so_far.parts) == (open, 1)


def test_a_second_blank_is_not_said_where_one_was() -> None:
    so_far = said("One ", parts=2)
    rest: Any = Continuable(Told(), so_far, Seam("a/m", "b/m", "gone"))
    told = b"".join(rest.feed({"type": "text", "index": 0, "text": text}) for text in (" ", " two", " three"))
    assert so_far.text == "One two three"
    assert so_far.parts == 3
    assert told.count(b"x_triforce") == 1


def test_what_was_spent_is_told_together() -> None:
    so_far = said("One", spent=[{"input_tokens": 3, "output_tokens": 2}])
    rest: Any = Continuable(Told(), so_far, Seam("a/m", "b/m", "gone"))
    rest.feed({"type": "usage", "usage": {"input_tokens": 5, "output_tokens": 1, "cached_tokens": 4}})
    assert rest.usage == {"input_tokens": 5, "output_tokens": 1, "cached_tokens": 4}
    assert rest._told(rest.usage) == {"input_tokens": 8, "output_tokens": 3, "cached_tokens": 4}
