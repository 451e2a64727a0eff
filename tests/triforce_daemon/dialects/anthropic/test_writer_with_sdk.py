"""The official client library understands what is written."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from pydantic import TypeAdapter

from tests.triforce_daemon.dialects.anthropic.test_answer import answers
from tests.triforce_daemon.dialects.anthropic.test_writer import REQUEST, SAID, written
from tests.triforce_daemon.dialects.canonical_values import streams, whole
from triforce_daemon.dialects import sse
from triforce_daemon.dialects.anthropic.answer import read_answer, write_answer
from triforce_daemon.dialects.canonical import Answer, Event

types: Any = pytest.importorskip("anthropic.types")
messages: Any = pytest.importorskip("anthropic.lib.streaming._messages")

EVENT: TypeAdapter[Any] = TypeAdapter(types.RawMessageStreamEvent)


def accumulated(text: bytes) -> Any:
    """The message that the library makes of the stream."""
    snapshot: Any = None
    buffers: dict[int, bytes] = {}
    for data in sse.data_of_each(text):
        event = EVENT.validate_json(data, strict=True)
        snapshot = messages.accumulate_event(event=event, current_snapshot=snapshot, json_bufs=buffers)
    return snapshot


def test_the_library_reads_the_stream() -> None:
    message = accumulated(written(SAID))
    assert [block.type for block in message.content] == [
        "thinking",
        "redacted_thinking",
        "text",
        "tool_use",
        "tool_use",
    ]
    assert message.content[0].signature == "sig"
    assert message.content[2].text == "Grüß dich"
    assert message.content[3].input == {"city": "Zürich"}
    assert message.content[4].input == {}
    assert (message.stop_reason, message.usage.output_tokens) == ("tool_use", 30)


@given(streams("anthropic"))
def test_the_library_reads_every_stream(events: list[Event]) -> None:
    message = accumulated(written(events, REQUEST))
    read = read_answer(orjson.loads(message.model_dump_json(exclude_none=True)))
    said = whole(events)
    assert [part["type"] for part in read.parts] == [part["type"] for part in said["parts"]]
    assert (read.finish, read.usage) == (said["reason"], said["usage"])


@given(answers())
def test_the_library_reads_whole_answers(answer: Answer) -> None:
    body = orjson.dumps(write_answer(answer))
    message = types.Message.model_validate_json(body, strict=True)
    assert len(message.content) == len(answer.parts)
