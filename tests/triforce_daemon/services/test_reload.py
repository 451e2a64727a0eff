"""The configuration read anew by a daemon that runs: what holds at once, what waits, and what is wrong."""

import asyncio
import logging
import os
from pathlib import Path

import pytest

from tests.scriptable_upstream.script import say
from tests.triforce_daemon.gateway import Gateway, gateway
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.configuration.keys import all_keys
from triforce_daemon.services.chat_router import ChatRouter
from triforce_daemon.services.reload import Reload
from triforce_daemon.services.settings_desk import SettingsDesk


async def write(served: ServedDaemon, text: str) -> str:
    _, listed = await served.get("/v1/config")
    await asyncio.to_thread(Path(listed["file"]).write_text, text)
    return listed["file"]


async def reload(served: ServedDaemon) -> dict:
    status, told = await served.post("/v1/daemon/reload")
    assert status == 200, told
    return told


async def value(served: ServedDaemon, key: str) -> object:
    return (await served.get(f"/v1/config/{key}"))[1]["value"]


async def test_a_file_that_was_changed_is_taken_over(served: ServedDaemon) -> None:
    file = await write(served, "[routing]\nretries = 0\n[builtin]\ncontext = 512\n")
    told = await reload(served)
    assert told == {
        "schema": "triforce.daemon.reload/1",
        "file": file,
        "taken": ["routing.retries"],
        "restart": ["builtin.context"],
    }
    assert (await value(served, "routing.retries"), await value(served, "builtin.context")) == (0, 4096)
    os.unlink(file)
    told = await reload(served)
    assert (told["taken"], told["restart"]) == (["routing.retries"], [])
    assert await value(served, "routing.retries") == 2


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[routing]\nretries = 1\n[log]\nlevel = "loud"', "line 4: log.level"),
        ("[routing]\nretries = 1\nretrys = 2", "line 3: routing.retrys"),
        ("[routing\nretries = 1", "line 1"),
    ],
)
async def test_a_wrong_file_changes_nothing_and_says_where(served: ServedDaemon, text: str, place: str) -> None:
    file = await write(served, text)
    status, told = await served.post("/v1/daemon/reload")
    assert (status, told["error"]["code"]) == (409, "configuration_invalid")
    assert f"{file}, {place}" in told["error"]["message"]
    assert await value(served, "routing.retries") == 2


async def test_at_a_signal_what_is_wrong_stands_in_the_log(
    served: ServedDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    await write(served, "[log]\nlevel = 1")
    with caplog.at_level(logging.ERROR):
        await served.parts.get(Reload).at_a_signal()
    assert "line 2: log.level" in caplog.text


async def test_each_setting_says_whether_it_holds_at_once(served: ServedDaemon) -> None:
    _, listed = await served.get("/v1/config")
    told = {item["key"]: item["at_once"] for item in listed["items"]}
    assert {key.name: key.at_once for key in all_keys() if key.name in told} == told
    assert told["routing.retries"]
    assert told["log.level"]
    assert not told["log.file"]
    assert not told["http.port"]


async def test_config_set_holds_at_once_and_takes_nothing_else_over(served: ServedDaemon) -> None:
    await write(served, "[routing]\nbackoff_seconds = 9\n")
    _, changed = await served.call("PUT", "/v1/config/routing.retries", json={"value": 0})
    assert (changed["value"], changed["restart"]) == (0, False)
    assert await value(served, "routing.retries") == 0
    assert await value(served, "routing.backoff_seconds") == 0.25
    _, changed = await served.call("DELETE", "/v1/config/routing.retries")
    assert (changed["value"], changed["restart"]) == (2, False)
    _, changed = await served.call("PUT", "/v1/config/builtin.context", json={"value": 512})
    assert changed["restart"]


async def test_what_a_flag_says_stays(folder: str) -> None:
    async with serve(folder, routing__retries="1") as served:
        _, changed = await served.call("PUT", "/v1/config/routing.retries", json={"value": 0})
        assert not changed["restart"]
        assert await value(served, "routing.retries") == 1


def test_a_section_that_nobody_takes_over_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="routing"):
        Reload(None, {}, {"log": print}, print)  # type: ignore[arg-type]


class TestWhatHoldsAtOnce:
    async def test_timeouts_and_retries(self, folder: str) -> None:
        async with gateway(folder) as gate:
            gate.upstream.plan("status=500")
            await gate.chat(stream=False)
            assert len(gate.upstream.records) == 3
            await write(gate.served, "[routing]\nretries = 0\n[upstream]\nfirst_token_seconds = 0.2\n")
            await reload(gate.served)
            await gate.chat("mistral/m", stream=False)
            assert len(gate.upstream.records) == 4
            gate.upstream.plan("first=9s")
            assert (await gate.chat("codex/m")).seconds < 2

    async def test_the_breaker_and_the_budgets(self, folder: str) -> None:
        async with gateway(folder) as gate:
            await write(gate.served, "[routing]\nbreaker_failures = 2\nretries = 0\nretry_budget = 0.5\nhedge = true\n")
            await reload(gate.served)
            router = gate.served.parts.get(ChatRouter)
            assert (router.attempts.budget.share, router.attempts.settings.hedge) == (0.5, True)
            gate.upstream.plan("status=500")
            for _ in range(4):
                await gate.chat(stream=False)
            assert len(gate.upstream.records) == 2

    async def test_aliases(self, folder: str) -> None:
        async with gateway(folder) as gate:
            gate.upstream.script("m", say("hello"))
            assert (await gate.chat("quick")).status == 404
            await gate.served.call("PUT", "/v1/config/aliases.quick.models", json={"value": ["groq/m"]})
            assert (await gate.chat("quick")).headers["x-triforce-route"] == "groq/m"
            await write(gate.served, '[aliases.quick]\nmodels = ["mistral/m"]\n')
            await reload(gate.served)
            assert (await gate.chat("quick")).headers["x-triforce-route"] == "mistral/m"
            await gate.served.call("DELETE", "/v1/config/aliases.quick")
            assert (await gate.chat("quick")).status == 404

    async def test_an_alias_of_models_alias_is_no_news_later(self, served: ServedDaemon) -> None:
        await served.call("PUT", "/v1/registry/aliases/quick", json={"models": ["builtin/a"]})
        await served.call("PUT", "/v1/registry/default", json={"model": "quick"})
        assert (await reload(served))["taken"] == []
        assert served.parts.get(SettingsDesk).configuration.settings.chat.default_model == "quick"

    async def test_the_default_model(self, folder: str) -> None:
        async with gateway(folder) as gate:
            await gate.served.call("PUT", "/v1/config/chat.default_model", json={"value": "mistral/m"})
            assert (await gate.chat("default")).headers["x-triforce-route"] == "mistral/m"

    async def test_the_tiers(self, served: ServedDaemon) -> None:
        await served.call("PUT", "/v1/config/tiers.free.requests_per_minute", json={"value": 7})
        _, told = await served.get("/v1/tiers")
        assert next(tier for tier in told["items"] if tier["name"] == "free")["requests_per_minute"] == 7

    async def test_the_level_of_the_log(self, served: ServedDaemon) -> None:
        before = logging.getLogger().level
        try:
            await served.call("PUT", "/v1/config/log.level", json={"value": "error"})
            assert logging.getLogger().level == logging.ERROR
        finally:
            logging.getLogger().setLevel(before)


async def _many(gate: Gateway, stop: asyncio.Event, ends: list[bytes]) -> None:
    while not stop.is_set():
        ends.append((await gate.chat("quick")).body[-200:])


def _descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


async def test_row_21_reloads_under_load_fail_nobody_and_leak_nothing(folder: str, in_full: bool) -> None:
    async with gateway(folder, routing__cache_bytes="0") as gate:
        gate.upstream.plan("every=2ms")
        gate.upstream.script("m", say(*"abcdef"))
        file = await write(gate.served, '[aliases.quick]\nmodels = ["groq/m"]\n')
        await reload(gate.served)
        stop, ends = asyncio.Event(), list[bytes]()
        asking = [asyncio.create_task(_many(gate, stop, ends)) for _ in range(8)]
        await asyncio.sleep(0.2)
        before = _descriptors()
        for number in range(1_000 if in_full else 50):
            models = ("groq/m", "mistral/m")[number % 2]
            own = f'[providers.own{number % 3}]\nbase_url = "http://127.0.0.1:9"\nrefresh_seconds = 9999\n'
            text = f'[aliases.quick]\nmodels = ["{models}"]\n[routing]\nretries = {number % 4}\n{own}'
            await asyncio.to_thread(Path(file).write_text, text if number % 10 else text + "broken")
            status, _ = await gate.served.post("/v1/daemon/reload")
            assert status == (200 if number % 10 else 409)
        stop.set()
        await asyncio.gather(*asking)
        assert len(ends) >= 20
        assert [end for end in ends if not end.endswith(b"[DONE]\n\n")] == []
        assert _descriptors() <= before + 4
