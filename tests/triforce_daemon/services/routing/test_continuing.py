"""A stream that is cut and gone on with by the next candidate: the second half of row 6 of the matrix of faults."""

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.scriptable_upstream.script import Call, Part, Text, answer, say
from tests.triforce_daemon.gateway import Gateway, Told, gateway
from tests.triforce_daemon.services.test_chat_router_faults import BODIES, FAILURE, SUCCESS

HALF = 60
FIRST = say(*[f"w{number} " for number in range(HALF)])
SECOND = say("and ", "so ", "on")
ASKED = {"x-triforce-continue": "1"}


def asking(path: str, model: str = "two") -> tuple[str, dict[str, Any]]:
    body: dict[str, Any] = dict(BODIES[path])
    if "model" in body:
        body["model"] = model
    return path.replace("groq/m", model), body


@asynccontextmanager
async def cut(folder: str, *models: str, first: str = "cut-after=40 cut=rst", **flags: str) -> AsyncGenerator[Gateway]:
    """An alias of which the first breaks off."""
    flags["aliases__two__models"] = ",".join(models or ("groq/m", "mistral/second"))
    async with gateway(folder, (), None, **flags) as gate:
        gate.upstream.script("m", FIRST, first)
        gate.upstream.script("second", SECOND)
        yield gate


async def asked(gate: Gateway, path: str = "/v1/chat/completions", **more: Any) -> Told:
    place, body = asking(path)
    return await gate.post(place, {**body, **more}, ASKED)


def words(told: Told) -> str:
    """What a client of any dialect puts together."""
    pieces = re.findall(rb'"(?:content|text|delta)": ?"([^"]*)"', told.body)
    return b"".join(pieces).decode()


@pytest.mark.parametrize("path", BODIES)
async def test_row_6_the_next_goes_on_and_the_seam_is_marked(folder: str, path: str) -> None:
    async with cut(folder) as gate:
        told = await asked(gate, path)
        assert told.status == 200
        assert re.search(SUCCESS[path], told.body)
        assert not re.search(FAILURE[path], told.body)
        before, mark, after = told.body.partition(b'"x_triforce"')
        assert mark
        assert re.match(rb': ?\{"continued":\{"after":"groq/m","by":"mistral/second","reason":"[^"]+', after)
        assert b"w20" in before
        assert b"so " in after


async def test_what_was_said_is_the_beginning_of_what_the_next_is_asked(folder: str) -> None:
    async with cut(folder) as gate:
        told = await asked(gate, max_tokens=100)
        first, second = (one.json for one in gate.upstream.records if one.kind == "chat")
        said = words(told).split("and so")[0]
        assert second["messages"] == [*first["messages"], {"role": "assistant", "content": said.rstrip()}]
        assert second["max_tokens"] < 100
        assert words(told) == said.rstrip() + " and so on"


async def test_both_are_paid_for_and_the_client_hears_of_both(folder: str) -> None:
    async with cut(folder) as gate:
        told = await asked(gate, stream_options={"include_usage": True})
        rows = {row["model"]: row for row in await gate.ledger()}
        assert (rows["groq/m"]["state"], rows["groq/m"]["error"]) == ("failed", "upstream_failed")
        assert rows["groq/m"]["estimated"]
        assert rows["mistral/second"]["state"] == "done"
        assert rows["mistral/second"]["request"] == told.headers["x-triforce-request-id"]
        count = re.search(rb'"completion_tokens":(\d+)', told.body)
        assert count
        assert int(count[1]) == sum(row["tokens_out"] for row in rows.values())


@pytest.mark.parametrize("third", [False, True])
async def test_one_after_the_other_breaks_off(folder: str, third: bool) -> None:
    models = ["groq/m", "mistral/second", *(["llama/m"] if third else [])]
    async with cut(folder, *models) as gate:
        gate.upstream.enqueue(FIRST, "cut-after=40 cut=rst")
        gate.upstream.enqueue(FIRST, "cut-after=30 cut=end")
        gate.upstream.enqueue(say("the end"), "ok")
        told = await asked(gate)
        assert told.body.count(b'"x_triforce"') == (2 if third else 1)
        assert bool(re.search(FAILURE["/v1/chat/completions"], told.body)) is not third
        assert (b"the end" in told.body) is third
        assert len(await gate.ledger()) == len(models)


async def test_nobody_goes_on_unasked(folder: str) -> None:
    async with cut(folder) as gate:
        told = await gate.chat("two")
        assert re.search(FAILURE["/v1/chat/completions"], told.body)
        assert b"x_triforce" not in told.body


async def test_a_model_that_was_named_stays_alone(folder: str) -> None:
    async with cut(folder) as gate:
        told = await gate.chat("groq/m", headers=ASKED)
        assert re.search(FAILURE["/v1/chat/completions"], told.body)
        assert len(gate.upstream.records) == 1


@pytest.mark.parametrize(
    "parts",
    [
        [Text(("first ", "words")), Call("add", ('{"a"', ":1", ",", '"b":', "2}"))],
        [Call("add", ('{"a"', ":1", ",", '"b":', "2}"))],
    ],
)
async def test_nobody_goes_on_with_anothers_call(folder: str, parts: Sequence[Part]) -> None:
    async with cut(folder) as gate:
        gate.upstream.script("m", answer(*parts), f"cut-after={5 if len(parts) == 1 else 6} cut=rst")
        told = await asked(gate)
        assert re.search(FAILURE["/v1/chat/completions"], told.body)
        assert len(gate.upstream.records) == 1


async def test_silence_is_gone_on_with_as_well(folder: str) -> None:
    async with cut(folder, first="stall-after=20", upstream__idle_seconds="0.5") as gate:
        told = await asked(gate)
        assert words(told).endswith("and so on")
        assert b"paused in the middle" in told.body


async def test_a_stream_that_ends_well_is_as_it_was(folder: str) -> None:
    async with cut(folder, first="ok") as gate:
        told = await asked(gate)
        assert words(told) == "".join(f"w{number} " for number in range(HALF))
        assert b"x_triforce" not in told.body


async def test_neither_yes_nor_no(folder: str) -> None:
    async with cut(folder) as gate:
        told = await gate.chat("two", headers={"x-triforce-continue": "maybe"})
        assert (told.status, told.json["error"]["code"]) == (400, "invalid_request")
