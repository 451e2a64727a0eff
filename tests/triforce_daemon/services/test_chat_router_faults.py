"""What an upstream may do wrong, and what its client sees of that: rows of the matrix of faults."""

import asyncio
import gc
import itertools
import re
import resource
from collections.abc import Sequence
from typing import Any

import pytest

from tests.scriptable_upstream.black_hole import black_hole
from tests.scriptable_upstream.script import say
from tests.triforce_daemon.gateway import SPOKEN, Gateway, gateway, read_until
from triforce_daemon.providers.credential import NO_KEY, Credential
from triforce_daemon.providers.listed import Listed
from triforce_daemon.services.candidates import Candidate
from triforce_daemon.services.routing.hedging import Hedging
from triforce_daemon.services.routing.seat import Seat
from triforce_daemon.settings import Settings

WORDS = say(*[f"w{number} " for number in range(60)])
#: How each dialect's stream says that all went well; a failed one must not.
SUCCESS = {
    "/v1/chat/completions": rb'\[DONE\]|"finish_reason": ?"stop"',
    "/v1/responses": rb"response\.completed",
    "/v1/messages": rb"message_stop|end_turn",
    "/v1beta/models/groq/m:streamGenerateContent": rb'"finishReason": ?"STOP"',
    "/api/chat": rb'"done": ?true',
}
#: How it says that it did not.
FAILURE = {
    "/v1/chat/completions": rb'"error": ?\{',
    "/v1/responses": rb"response\.failed|event: error",
    "/v1/messages": rb"event: error",
    "/v1beta/models/groq/m:streamGenerateContent": rb'"error": ?\{',
    "/api/chat": rb'"error": ?"',
}
HI = [{"role": "user", "content": "hi"}]
BODIES = {
    "/v1/chat/completions": {"model": "groq/m", "messages": HI, "stream": True},
    "/v1/responses": {"model": "groq/m", "input": "hi", "stream": True, "store": False},
    "/v1/messages": {"model": "groq/m", "messages": HI, "max_tokens": 99, "stream": True},
    "/v1beta/models/groq/m:streamGenerateContent": {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]},
    "/api/chat": {"model": "groq/m", "messages": HI},
}


def text_of(stream: bytes) -> str:
    """The words of an OpenAI stream."""
    return "".join(re.findall(r'"content": ?"([^"]*)"', stream.decode()))


@pytest.mark.parametrize("header", ["2", "date+2"])
async def test_row_1_a_limit_is_waited_for_once(folder: str, header: str) -> None:
    async with gateway(folder, keys=["a"]) as gate:
        gate.upstream.plan(f"first 1: 429 retry-after={header}; then ok")
        told = await gate.chat(stream=False)
        assert told.status == 200
        # A date has whole seconds only: up to one of them may be gone already.
        assert (2 if header == "2" else 1) <= told.seconds <= 3.9
        assert told.headers["x-triforce-attempts"] == "2"


async def test_row_1_another_key_is_used_at_once(folder: str) -> None:
    async with gateway(folder, keys=["a", "b"]) as gate:
        gate.upstream.accept("openai", "a", "b")
        gate.upstream.plan("key a: 429 retry-after=2; then ok")
        told = await gate.chat()
        assert (told.status, told.headers["x-triforce-attempts"]) == (200, "2")
        assert told.seconds < 1


async def test_row_2_two_failures_then_an_answer(folder: str) -> None:
    async with gateway(folder) as gate:
        gate.upstream.plan("first 2: status=500; then ok")
        told = await gate.chat()
        assert (told.status, told.headers["x-triforce-attempts"]) == (200, "3")
        assert 0.8 * 0.75 <= told.seconds <= 1.2 * 0.75 + 0.5


@pytest.mark.parametrize("status", [400, 404, 413, 422])
async def test_row_2_the_requests_own_fault_is_not_tried_again(folder: str, status: int) -> None:
    async with gateway(folder) as gate:
        gate.upstream.plan(f"status={status}")
        told = await gate.chat()
        assert told.status == status
        assert len(gate.upstream.records) == 1


@pytest.mark.parametrize("status", [401, 402, 403])
async def test_row_3_a_dead_key_is_rotated_away_without_a_wait(folder: str, status: int) -> None:
    async with gateway(folder, keys=["a", "b", "c"]) as gate:
        gate.upstream.plan(f"key a: {status}; then ok")
        told = await gate.chat()
        assert (told.status, told.headers["x-triforce-attempts"]) == (200, "2")
        assert told.seconds < 1
        assert (await gate.chat()).headers["x-triforce-attempts"] == "1"


async def test_row_3_all_keys_dead_is_a_502_and_never_a_401(folder: str) -> None:
    async with gateway(folder, keys=["a", "b", "c"]) as gate:
        gate.upstream.accept("openai", "other")
        told = await gate.chat()
        assert (told.status, told.json["error"]["code"]) == (502, "upstream_credentials_exhausted")
        assert len(gate.upstream.records) == 3


async def test_row_4_a_black_hole_ends_with_the_connect_timeout_and_opens_the_breaker(folder: str) -> None:
    assert Settings().upstream.connect_seconds <= 5
    with black_hole() as port:
        elsewhere = {"groq": f"http://127.0.0.1:{port}/v1"}
        flags = {"aliases__two__models": "groq/m,mistral/second", "upstream__connect_seconds": "0.3"}
        async with gateway(folder, elsewhere=elsewhere, **flags) as gate:
            alone = await gate.chat()
            assert (alone.status, alone.json["error"]["code"]) == (504, "upstream_timeout")
            assert 0.25 < alone.seconds < 1
            for attempts in ("2", "2", "2", "2", "1"):
                told = await gate.chat("two")
                assert (told.status, told.headers["x-triforce-route"]) == (200, "mistral/second")
                assert told.headers["x-triforce-attempts"] == attempts
            assert told.seconds < 0.2


async def test_row_5_an_error_before_the_first_token_is_not_seen(folder: str) -> None:
    async with gateway(folder) as gate:
        gate.upstream.script("m", WORDS)
        gate.upstream.plan("first 1: error-in-stream-at=1; then ok")
        told = await gate.chat()
        assert told.status == 200
        assert text_of(told.body).split() == [f"w{number}" for number in range(60)]
        assert told.body.count(b'"role"') == 1
        assert b"error" not in told.body
        assert told.headers["x-triforce-attempts"] == "2"


#: What each provider says when it fails in the middle, taken for a key.
REPEATED = {
    **dict.fromkeys(("groq", "mistral", "codex"), "error while processing"),
    "claude": "Overloaded",
    "google": "model is overloaded",
    "llama": "error was encountered",
}


@pytest.mark.parametrize("at", [1, 20])
@pytest.mark.parametrize("provider", SPOKEN)
async def test_a_key_that_an_event_repeats_reaches_nobody(
    folder: str, provider: str, at: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither before the first token nor in the middle of an answer, nor by a model's state."""
    secret = REPEATED[provider]
    async with gateway(folder, routing__retries="0") as gate:
        gate.providers[provider].keys = [Credential(secret, secret, "vault")]
        gate.upstream.script("m", WORDS, f"error-in-stream-at={at}")
        told = await gate.chat(f"{provider}/m")
        assert re.search(FAILURE["/v1/chat/completions"], told.body)
        assert "…" in told.text
        _, shown = await gate.served.get(f"/v1/registry/models/{provider}/m")
        assert secret not in told.text + str(shown) + caplog.text


@pytest.mark.parametrize("cut", ["rst", "fin", "end"])
@pytest.mark.parametrize("path", BODIES)
async def test_row_6_a_cut_stream_says_so_in_its_clients_words(folder: str, path: str, cut: str) -> None:
    async with gateway(folder) as gate:
        gate.upstream.script("m", WORDS, f"cut-after=40 cut={cut}")
        told = await gate.post(path, BODIES[path])
        assert told.status == 200
        assert b"w20" in told.body
        assert re.search(FAILURE[path], told.body)
        assert not re.search(SUCCESS[path], told.body)
        assert len(gate.upstream.records) == 1
        (row,) = await gate.ledger()
        assert row["state"] == "failed"
        assert row["tokens_out"] >= 30


@pytest.mark.parametrize("dialect", ["groq", "codex", "claude", "google", "llama"])
async def test_row_6_whatever_the_upstream_speaks(folder: str, dialect: str) -> None:
    async with gateway(folder) as gate:
        gate.upstream.script("m", WORDS, "cut-after=40 cut=end")
        told = await gate.chat(f"{dialect}/m")
        assert re.search(FAILURE["/v1/chat/completions"], told.body)
        assert not re.search(SUCCESS["/v1/chat/completions"], told.body)


async def test_row_7_silence_ends_after_the_idle_time(folder: str) -> None:
    async with gateway(folder, upstream__idle_seconds="1") as gate:
        gate.upstream.script("m", WORDS, "stall-after=20")
        told = await gate.chat()
        silence = told.moments[-1] - told.moments[-2]
        assert 0.9 <= silence <= 1.2
        assert re.search(FAILURE["/v1/chat/completions"], told.body)
        await gate.upstream.until(lambda: gate.upstream.records.last.ended)


@pytest.mark.parametrize("provider", SPOKEN)
async def test_row_8_a_malformed_event_is_skipped(folder: str, provider: str) -> None:
    async with gateway(folder) as gate:
        gate.upstream.script("m", WORDS, "malformed-at=5")
        told = await gate.chat(f"{provider}/m")
        assert told.status == 200
        assert len(re.findall(r"w\d+ ", told.text)) >= 58
        assert b"[DONE]" in told.body


async def test_row_9_a_stream_that_drips_is_given_up_before_its_first_token(folder: str) -> None:
    async with gateway(folder, upstream__first_token_seconds="1", routing__retries="0") as gate:
        gate.upstream.plan("drip=1B/s")
        told = await gate.chat()
        assert told.status == 504
        assert 0.9 <= told.seconds <= 1.6


async def test_row_9_a_whole_answer_that_drips_is_given_up(folder: str) -> None:
    async with gateway(folder, upstream__idle_seconds="2") as gate:
        gate.upstream.plan("drip=3B/s")
        told = await gate.chat(stream=False)
        assert told.status == 504
        assert told.seconds <= 3.5


@pytest.mark.parametrize("path", BODIES)
async def test_row_12_an_endless_event_is_an_error_in_bounded_memory(folder: str, path: str) -> None:
    async with gateway(folder, routing__retries="0") as gate:
        gate.upstream.script("m", WORDS, "huge-line=64MiB")
        told = await gate.post(path, BODIES[path])
        assert told.status in (200, 502)
        assert re.search(rb'"error"|response\.failed', told.body)
        assert len(told.body) < 1 << 20


async def test_the_first_answer_after_a_start_has_its_cost(folder: str) -> None:
    """The table of prices is loaded when somebody first needs it: who ends earlier waits for it."""
    async with gateway(folder) as gate:
        gate.providers["groq"].models = [Listed("llama-3.3-70b-versatile", abilities=("chat",))]
        for model in ("groq/llama-3.3-70b-versatile",) * 2:
            assert (await gate.chat(model, stream=False)).status == 200
        assert [row["cost"] is not None for row in await gate.ledger()] == [True, True]


async def hang_up(gate: Gateway) -> None:
    """Ask, read five words, leave; return when the upstream is left alone and the ledger knows of it."""
    before = len(await gate.ledger())
    reply = await gate.served.client.post("http://triforced/v1/chat/completions", json=BODIES["/v1/chat/completions"])
    await read_until(reply, b'"content":"w', times=5)
    reply.close()
    asked = gate.upstream.records.last
    await gate.upstream.until(lambda: asked.ended == "hung up", within=1)
    for _ in range(100):
        if len(await gate.ledger()) > before:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nothing was settled")


async def test_row_15_who_hangs_up_stops_the_upstream_and_pays_for_what_came(folder: str, in_full: bool) -> None:
    async with gateway(folder) as gate:
        gate.upstream.script("m", WORDS, "every=10ms")
        await hang_up(gate)
        await hang_up(gate)
        tasks = len(asyncio.all_tasks())
        for _ in range(1_000 if in_full else 15):
            await hang_up(gate)
        gc.collect()
        assert len(asyncio.all_tasks()) <= tasks + 1
        for row in await gate.ledger():
            assert row["state"] == "interrupted"
            assert 4 <= row["tokens_out"] <= 20


async def test_row_16_a_dead_provider_is_left_alone(folder: str) -> None:
    async with gateway(folder) as gate:
        gate.upstream.plan("status=500")
        for _ in range(40):
            assert (await gate.chat(stream=False)).status in (502, 503)
        assert len(gate.upstream.records) <= 5
        gate.upstream.plan(None)
        assert (await gate.chat("mistral/m")).status == 200


async def test_row_66_an_explicit_model_never_goes_elsewhere(folder: str) -> None:
    async with gateway(folder) as gate:
        gate.upstream.script("m", None, "status=500")
        for _ in range(8):
            told = await gate.chat("groq/m", stream=False)
            assert told.status in (502, 503)
            assert "groq" in told.text or "provider" in told.text
        assert {asked.model for asked in gate.upstream.records} == {"m"}
        paths = {asked.path for asked in gate.upstream.records if asked.kind == "chat"}
        assert len(paths) <= 1


async def test_row_10_a_stream_keeps_its_rhythm(folder: str) -> None:
    """What comes every 10 ms goes on every 10 ms: nothing waits for what follows it.

    Of several streams one counts: a busy machine disturbs some, a daemon that waits disturbs all.
    """
    async with gateway(folder) as gate:
        gate.upstream.script("m", WORDS, "every=10ms")
        found: list[tuple[int, float, float]] = []
        while not any(count >= 50 and gap < 0.02 and first < 0.3 for count, gap, first in found):
            assert len(found) < 6, found
            told = await gate.chat()
            gaps = sorted(after - before for before, after in itertools.pairwise(told.moments))
            found.append((len(told.moments), gaps[len(gaps) // 2], told.moments[0]))


async def test_row_12_very_many_events_pass_in_bounded_memory(folder: str, in_full: bool) -> None:
    count = 1_000_000 if in_full else 20_000
    async with gateway(folder) as gate:
        gate.upstream.script("m", WORDS, f"tiny-events={count}")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        body = {**BODIES["/v1/chat/completions"], "stream_options": {"include_usage": True}}
        size = 0
        async with gate.served.client.post("http://triforced/v1/chat/completions", json=body) as reply:
            async for piece in reply.content.iter_any():
                size += len(piece)
        assert size > count * 20
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10


async def test_row_17_the_faster_of_two_answers_and_the_slower_is_paid_for(folder: str) -> None:
    aliases = {"aliases__two__models": "groq/m,mistral/second", "routing__hedge": "true"}
    async with gateway(folder, **aliases) as gate:
        for _ in range(20):
            await gate.chat("groq/m")
        gate.upstream.script("m", None, "first=3s")
        told = await gate.chat("two")
        assert told.status == 200
        assert told.headers["x-triforce-route"] == "mistral/second"
        assert told.seconds < 2
        await gate.upstream.until(lambda: any(asked.ended == "hung up" for asked in gate.upstream.records))
        rows = [row for row in await gate.ledger() if row["request"].startswith(told.headers["x-triforce-request-id"])]
        assert sorted((row["model"], row["state"]) for row in rows) == [
            ("groq/m", "interrupted"),
            ("mistral/second", "done"),
        ]


async def test_row_17_one_that_has_begun_as_well_is_paid_for(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def both(
        _: Hedging, candidates: Sequence[Candidate], go: Any, discard: Any, *_tally: Any, **_more: Any
    ) -> Any:
        first, second = [await go(Seat(candidate, NO_KEY)) for candidate in candidates]
        await discard(first)
        return second

    monkeypatch.setattr(Hedging, "run", both)
    aliases = {"aliases__two__models": "groq/m,mistral/second", "routing__hedge": "true"}
    async with gateway(folder, **aliases) as gate:
        assert (await gate.chat("two")).headers["x-triforce-route"] == "mistral/second"
        rows = {row["model"]: row for row in await gate.ledger()}
        assert rows["groq/m"]["state"] == "interrupted"
        assert rows["groq/m"]["tokens_in"] > 0


async def test_an_alias_goes_on_to_the_next_and_says_so(folder: str) -> None:
    async with gateway(folder, aliases__two__models="groq/m,mistral/second") as gate:
        gate.upstream.script("m", None, "status=500")
        told = await gate.chat("two")
        assert (told.status, told.headers["x-triforce-route"]) == (200, "mistral/second")
        events = await gate.served.turn("hi", model="two")
        assert events[0]["model"] == "two"
        assert (events[-1]["model"], events[-1]["route"]["fallbacks"]) == ("mistral/second", ["groq/m"])


async def test_an_alias_never_leaves_its_boundary(folder: str) -> None:
    settings = {"aliases__near__models": "groq/m,mistral/second", "aliases__near__boundary": "machine"}
    async with gateway(folder, **settings) as gate:
        gate.providers["mistral"].boundary = "machine"
        assert (await gate.chat("near")).headers["x-triforce-route"] == "mistral/second"
        gate.upstream.script("second", None, "status=500")
        assert (await gate.chat("near")).status == 502
        assert {asked.model for asked in gate.upstream.records} == {"second"}
