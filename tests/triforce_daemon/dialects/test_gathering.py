"""A stream's events amount to the answer that would have come whole."""

from triforce_daemon.dialects.canonical import Answer, Event
from triforce_daemon.dialects.gathering import Gathering


def gathered(events: list[Event]) -> Answer:
    gathering = Gathering()
    for event in events:
        gathering.take(event)
    return gathering.answer


def test_every_kind_of_part() -> None:
    answer = gathered(
        [
            {"type": "started", "id": "a", "model": "m"},
            {"type": "thinking", "index": 0, "text": "hm"},
            {"type": "signature", "index": 0, "signature": "sig", "origin": "anthropic"},
            {"type": "text", "index": 1, "text": "one "},
            {"type": "text", "index": 1, "text": "two"},
            {"type": "tool_call", "index": 2, "id": "c1", "name": "look"},
            {"type": "tool_call", "index": 3, "id": "c2", "name": "listen", "signature": "s2"},
            {"type": "arguments", "index": 3, "text": '{"b":'},
            {"type": "arguments", "index": 2, "text": '{"a":1}'},
            {"type": "arguments", "index": 3, "text": "2}"},
            {"type": "finished", "reason": "tool_calls"},
            {"type": "usage", "usage": {"input_tokens": 1, "output_tokens": 2}},
        ]
    )
    assert (answer.id, answer.model, answer.finish) == ("a", "m", "tool_calls")
    assert answer.usage == {"input_tokens": 1, "output_tokens": 2}
    assert answer.parts == [
        {"type": "thinking", "text": "hm", "signature": "sig", "origin": "anthropic"},
        {"type": "text", "text": "one two"},
        {"type": "tool_call", "id": "c1", "name": "look", "arguments": '{"a":1}'},
        {"type": "tool_call", "id": "c2", "name": "listen", "arguments": '{"b":2}', "signature": "s2"},
    ]


def test_a_call_without_arguments_and_a_refusal() -> None:
    answer = gathered(
        [
            {"type": "tool_call", "index": 0, "id": "c1", "name": "look"},
            {"type": "refusal", "index": 1, "text": "No."},
            {"type": "finished", "reason": "stop", "stop_sequence": "END"},
        ]
    )
    assert [part["type"] for part in answer.parts] == ["tool_call", "refusal"]
    assert answer.stop_sequence == "END"
