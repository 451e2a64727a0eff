"""What a dialect costs grows with what there is to read and write, and not faster."""

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from triforce_daemon.dialects.all import by_name
from triforce_daemon.dialects.canonical import Message, Request, Tool
from triforce_daemon.dialects.dialect import Dialect

DIALECTS = by_name()
#: Four times as much may cost four times the time, and a fifth of that more.
TIMES, SLACK = 4, 1.2
SAMPLES, TRIES = 7, 6


def long_prompt(scale: int) -> Request:
    """A prompt of 256 KiB."""
    return Request("m", [said("user", 'Größe und "quotes"\n' * (scale * 13_000))], max_tokens=9)


def many_messages(scale: int) -> Request:
    """A conversation of 500 messages, with a call and its result in each eighth of them."""
    return Request("m", [message for turn in range(scale * 125) for message in turns(turn)], max_tokens=9)


def many_tools(scale: int) -> Request:
    """32 tools."""
    schema = {
        "type": "object",
        "properties": {f"field_{number}": {"type": "string", "description": "What it is."} for number in range(20)},
        "required": ["field_0"],
    }
    tools = [Tool(name=f"tool_{number}", description="Does it.", schema=schema) for number in range(scale * 32)]
    return Request("m", [said("user", "hi")], tools=tools, max_tokens=9)


def said(role: Any, text: str) -> Message:
    return Message(role=role, parts=[{"type": "text", "text": text}])


def turns(number: int) -> list[Message]:
    call: Any = {"type": "tool_call", "id": f"call_{number}", "name": "f", "arguments": '{"a": 1}'}
    text: Any = {"type": "text", "text": "done"}
    result: Any = {"type": "tool_result", "id": f"call_{number}", "name": "f", "content": [text], "failed": False}
    return [
        said("user", "What is the weather in Paris, and why?" * 4),
        Message(role="assistant", parts=[call]),
        Message(role="tool", parts=[result]),
        said("assistant", "It is sunny, for there are no clouds." * 4),
    ]


def work(dialect: Dialect, request: Request) -> Callable[[], object]:
    """Reads a request and writes it again, as the gateway does."""
    body = orjson.loads(orjson.dumps(dialect.write_request(request).body))

    def both_ways() -> object:
        return dialect.write_request(dialect.read_request(body, model="m", stream=False))

    return both_ways


def growth(small: Callable[[], object], large: Callable[[], object]) -> float:
    """How many times the processor time of `small` that of `large` is; medians, taken in turn."""
    taken: tuple[list[float], list[float]] = ([], [])
    gc.disable()
    try:
        for _ in range(SAMPLES):
            for run, times in zip((small, large), taken, strict=True):
                began = time.process_time()
                run()
                times.append(time.process_time() - began)
    finally:
        gc.enable()
    return statistics.median(taken[1]) / max(statistics.median(taken[0]), 1e-5)


def stream(dialect: Dialect, scale: int) -> Callable[[], object]:
    """Reads a stream of 1,000 pieces, half of them a call's arguments, and writes it again."""
    pieces = scale * 500
    events: list[Any] = [
        {"type": "started", "id": "a1", "model": "m"},
        *({"type": "text", "index": 0, "text": "word "} for _ in range(pieces)),
        {"type": "tool_call", "index": 1, "id": "c1", "name": "f"},
        {"type": "arguments", "index": 1, "text": '{"a": "'},
        *({"type": "arguments", "index": 1, "text": "word "} for _ in range(pieces)),
        {"type": "arguments", "index": 1, "text": '"}'},
        {"type": "finished", "reason": "tool_calls"},
    ]
    writer = dialect.writer(Request("m", []))
    written = b"".join(writer.write(event) for event in events) + writer.finish()
    chunks = [written[start : start + 400] for start in range(0, len(written), 400)]

    def both_ways() -> object:
        reader, writer = dialect.reader(), dialect.writer(Request("m", []))
        return [writer.write(event) for chunk in chunks for event in reader.feed(chunk)]

    return both_ways


@pytest.mark.parametrize("make", [long_prompt, many_messages, many_tools])
@pytest.mark.parametrize("name", DIALECTS)
def test_four_times_as_much_costs_four_times_as_much(name: str, make: Callable[[int], Request]) -> None:
    assert_linear(work(DIALECTS[name], make(1)), work(DIALECTS[name], make(TIMES)))


@pytest.mark.parametrize("name", DIALECTS)
def test_a_stream_four_times_as_long_costs_four_times_as_much(name: str) -> None:
    assert_linear(stream(DIALECTS[name], 1), stream(DIALECTS[name], TIMES))


def assert_linear(small: Callable[[], object], large: Callable[[], object]) -> None:
    # Another program on the same core disturbs one try; what is quadratic fails all of them.
    ratios: list[float] = []
    for _ in range(TRIES):
        ratios.append(growth(small, large))
        if ratios[-1] <= TIMES * SLACK:
            return
    raise AssertionError(f"{TIMES} times as much costs {min(ratios):.1f} times as much")


def test_what_is_quadratic_is_seen() -> None:
    def quadratic(size: int) -> Callable[[], object]:
        return lambda: [number for number in range(size) if number in list(range(size))]

    assert growth(quadratic(100), quadratic(400)) > 2 * TIMES * SLACK
