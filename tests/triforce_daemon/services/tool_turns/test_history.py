"""Turns with tools as they are said again: with calls, or in words."""

from typing import Any, cast

from triforce_daemon.dialects.canonical import Request, Tool
from triforce_daemon.services.tool_turns.history import characters, messages
from triforce_daemon.wire.sessions import ToolStep, Turn


def step(round_: int, call: str, said: str = "", *, ok: bool = True) -> ToolStep:
    return ToolStep(
        round=round_, call=call, name="look", arguments='{"at": 1}', said=said, ok=ok, result="seen", receipt="r", ms=1
    )


def turn(output: str, *steps: ToolStep) -> Turn:
    return cast(Turn, {"input": "asked", "output": output, **({"steps": [*steps]} if steps else {})})


def test_calls_of_one_round_stand_in_one_message_and_so_do_their_results() -> None:
    told = messages([turn("answered", step(1, "a", "Hm."), step(1, "b"), step(2, "c", ok=False))], with_tools=True)
    assert [message["role"] for message in told] == ["user", "assistant", "tool", "assistant", "tool", "assistant"]
    assert [part["type"] for part in told[1]["parts"]] == ["text", "tool_call", "tool_call"]
    results: list[Any] = [part for message in told if message["role"] == "tool" for part in message["parts"]]
    assert [(part["id"], part["failed"]) for part in results] == [("a", False), ("b", False), ("c", True)]


def test_without_tools_they_are_told_in_words_and_the_sides_take_turns() -> None:
    told = messages([turn("answered", step(1, "a")), turn("", step(1, "b", ok=False))], with_tools=False)
    assert [message["role"] for message in told] == ["user", "assistant", "user", "assistant"]
    texts = [part["text"] for message in told for part in message["parts"] if part["type"] == "text"]
    assert texts[0] == 'asked\n\n[The tool look was called with {"at": 1} and returned: seen]'
    assert texts[2].endswith("and failed with: seen]") and texts[3] == "(This answer was broken off.)"


def test_a_turn_of_which_nothing_came_is_left_out() -> None:
    assert messages([turn("")], with_tools=True) == []


def test_a_request_is_as_long_as_all_that_goes_with_it() -> None:
    told = messages([turn("1234", step(1, "a"))], with_tools=True)
    bare = characters(Request("m", told))
    assert bare == len("asked") + len('{"at": 1}') + len("seen") + len("1234")
    tool = Tool(name="look", description="12", schema={})
    assert characters(Request("m", told, tools=[tool])) == bare + 4
