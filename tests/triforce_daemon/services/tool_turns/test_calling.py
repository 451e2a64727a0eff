"""One call of a model's: its arguments, its result, the time in which a person is asked."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.toolbox.bench import OWNER, bench
from triforce_daemon.dialects.canonical import ToolCallPart
from triforce_daemon.errors import InvalidArguments
from triforce_daemon.services.tool_turns.calling import LONGEST_ARGUMENTS, Bench, Calling, arguments_of, result_length
from triforce_daemon.services.tool_turns.offer import Offers
from triforce_daemon.toolbox.toolsets import Toolsets


@given(st.text(max_size=50) | st.recursive(st.none(), st.lists).map(str))
def test_whatever_a_model_writes_is_an_object_or_refused(text: str) -> None:
    with suppress(InvalidArguments):
        assert isinstance(arguments_of(text), dict)


def test_arguments_may_be_missing_and_are_not_endless() -> None:
    assert arguments_of(" ") == {} and arguments_of('{"a": 1}') == {"a": 1}
    for text in ("[1]", "null", "{", '{"a":' * 2_000, " " * (LONGEST_ARGUMENTS + 1)):
        with pytest.raises(InvalidArguments):
            arguments_of(text)


def test_a_result_is_a_part_of_what_a_model_can_hold() -> None:
    assert [result_length(context) for context in (None, 512, 8_192, 1_000_000)] == [32_000, 2_000, 8_192, 32_000]


async def test_a_long_result_says_how_much_was_left_out_and_each_step_is_kept_before_it_runs(folder: str) -> None:
    told: list[tuple[str, dict[str, Any]]] = []
    kept: list[str] = []
    async with bench(folder) as at:
        offer = Offers(at.runner, Toolsets(at.catalog, {})).of(OWNER, ["books_search"])
        assert offer is not None
        made = Bench(
            offer=offer, caller=offer.acting(OWNER, "chat/a"), request_id="r", via="chat", longest=10,
            say=lambda kind, **content: told.append((kind, content)),
        )  # fmt: skip

        async def keep() -> None:
            kept.append(made.steps[-1]["result"])

        made.keep = keep
        part = ToolCallPart(type="tool_call", id="c1", name="books_search", arguments='{"query": "e"}')
        (step,) = await Calling(at.runner).all(made, [part], 1, "Hm.")
    assert step["result"] == '{"books":[\n[18 more characters were left out]'
    assert [kind for kind, _ in told] == ["tool.call", "tool.result"] and step["receipt"] == "r.t1"
    assert "not known" in kept[0] and kept[1] == step["result"]
    assert at.written[0][0].via == "chat"


async def test_the_time_in_which_a_person_is_asked_does_not_count(folder: str) -> None:
    async with bench(folder) as at:
        offer = Offers(at.runner, Toolsets(at.catalog, {})).of(OWNER, ["books_search"])
        assert offer is not None
        made = Bench(
            offer=offer, caller=offer.acting(OWNER, "a"), request_id="r", via="chat", say=lambda *_, **__: None
        )
        async with asyncio.timeout(60) as made.patience:
            before = made.patience.when()
            with made.unhurried():
                assert made.patience.when() is None
            after = made.patience.when()
    assert before is not None and after is not None and after >= before
