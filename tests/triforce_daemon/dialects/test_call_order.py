"""Calls whose pieces come mixed, go on one after the other."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.dialects.call_order import ARGUMENTS_LIMIT, CallOrder
from triforce_daemon.errors import UpstreamFailed

ARGUMENTS = {"a": ['{"x":', ' "}"', "}"], "b": ["{", "}"], "c": [""], "d": ['{"y": [{}]}']}


def told(events: list[Any]) -> list[tuple[int, str, str]]:
    """Each call: its number, its name, its arguments. Numbers never go back."""
    assert [event["index"] for event in events] == sorted(event["index"] for event in events)
    calls: dict[int, tuple[str, str]] = {}
    for event in events:
        name, text = calls.get(event["index"], ("", ""))
        calls[event["index"]] = (name or event["name"], text + event.get("text", ""))
    return [(number, *call) for number, call in calls.items()]


def numbers(events: list[Any]) -> list[int]:
    return [event["index"] for event in events]


@given(st.permutations([name for name, pieces in ARGUMENTS.items() for _ in pieces]))
def test_any_mixture_is_put_in_order(mixture: list[str]) -> None:
    calls = CallOrder()
    rest = {name: iter(pieces) for name, pieces in ARGUMENTS.items()}
    events: list[Any] = []
    for name in mixture:
        if not calls.knows(name, name):
            calls.begin(name, name, name)
        assert calls.add(name, next(rest[name]))
        events += calls.ready(3 + sum(event["type"] == "tool_call" for event in events))
    events += calls.rest(3 + sum(event["type"] == "tool_call" for event in events))
    names = list(dict.fromkeys(mixture))
    assert told(events) == [(3 + number, name, "".join(ARGUMENTS[name])) for number, name in enumerate(names)]


def test_the_first_call_goes_on_as_it_comes() -> None:
    calls = CallOrder()
    calls.begin(0, "c0", "f")
    assert [event["type"] for event in calls.ready(0)] == ["tool_call"]
    for piece in ('{"a"', ":1", "}"):
        calls.add(0, piece)
        assert calls.ready(1) == [{"type": "arguments", "index": 0, "text": piece}]


def test_the_next_one_too_once_the_first_is_whole() -> None:
    calls = CallOrder()
    calls.begin(0, "c0", "f")
    calls.add(0, "{}")
    calls.begin(1, "c1", "g")
    assert numbers(calls.ready(0)) == [0, 0, 1]


def test_the_next_one_waits_while_the_first_is_not() -> None:
    calls = CallOrder()
    calls.begin(0, "c0", "f")
    calls.add(0, '{"a":')
    calls.begin(1, "c1", "g")
    calls.add(1, "{}")
    assert numbers(calls.ready(0)) == [0, 0]
    calls.close(0)
    assert numbers(calls.ready(1)) == [1, 1]


def test_another_id_under_the_same_key_is_another_call() -> None:
    calls = CallOrder()
    for id in ("c0", "c1"):
        assert not calls.knows(0, id)
        calls.begin(0, id, "f")
        assert calls.knows(0, id)
        assert calls.knows(0, "")
        calls.add(0, "{}")
    assert told(calls.ready(0)) == [(0, "f", "{}"), (1, "f", "{}")]


def test_arguments_that_only_come_at_the_end_are_taken() -> None:
    calls = CallOrder()
    for key in (0, 1):
        calls.begin(key, f"c{key}", "f")
    calls.add(1, "{}")
    calls.close(0, '{"late":1}')
    calls.close(1, "{}")
    assert told(calls.ready(0)) == [(0, "f", '{"late":1}'), (1, "f", "{}")]


def test_a_call_waits_for_its_name() -> None:
    calls = CallOrder()
    calls.begin(0, "c0", "")
    calls.add(0, "{}")
    assert calls.ready(0) == []
    calls.name(0, "f")
    calls.name(0, "g")
    assert told(calls.ready(0)) == [(0, "f", "{}")]


def test_what_comes_too_late_is_refused() -> None:
    calls = CallOrder()
    calls.begin(0, "c0", "f")
    calls.add(0, '{"a":1')
    calls.rest(0)
    assert not calls.add(0, "}")
    assert calls.add(0, "")
    assert calls.ready(1) == calls.rest(1) == []


def test_arguments_without_end_are_refused_before_they_fill_the_memory() -> None:
    calls = CallOrder()
    calls.begin(0, "c0", "f")
    with pytest.raises(UpstreamFailed):
        for _ in range(ARGUMENTS_LIMIT // 1_000_000 + 1):
            calls.add(0, "x" * 1_000_000)


def test_large_arguments_are_not_read_again_for_each_piece() -> None:
    length = 2_000
    calls = CallOrder()
    calls.begin(0, "c0", "f")
    calls.begin(1, "c1", "g")
    pieces = ['{"a":"', *itertools.repeat("x" * 1_000, length), '"}']
    events: list[Any] = []
    for piece in pieces:
        calls.add(0, piece)
        events += calls.ready(len({event["index"] for event in events}))
    assert len(told(events)[0][2]) == 1_000 * length + len('{"a":""}')
