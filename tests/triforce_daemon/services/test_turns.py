"""A turn: its events, what is kept of it, and every way in which it may end."""

import asyncio

from tests.scriptable_upstream.script import say
from tests.triforce_daemon.served_daemon import ServedDaemon, events_of
from triforce_daemon.errors import ProviderUnavailable


def kinds(events: list[dict]) -> list[str]:
    return [event["type"] for event in events]


async def history(served: ServedDaemon, session: str) -> list[dict]:
    _, detail = await served.get(f"/v1/sessions/{session}")
    return detail["history"]


async def wait_until_settled(served: ServedDaemon, session: str) -> dict:
    for _ in range(100):
        last = (await history(served, session))[-1]
        if last["state"] != "running":
            return last
        await asyncio.sleep(0.02)
    raise AssertionError("the turn stays open")


async def test_a_turn_tells_its_story_in_order(served: ServedDaemon) -> None:
    events = await served.turn("Say hello")
    assert kinds(events) == ["session.started", "text.delta", "text.delta", "usage", "done"]
    assert len({event["session"] for event in events}) == 1
    done = events[-1]
    assert done["message"] == "Hello there"
    assert done["usage"] == {"input_tokens": 3, "output_tokens": 2, "estimated": False}
    assert done["model"] == "scripted/small"
    assert done["finish_reason"] == "stop"


async def test_done_means_that_it_is_on_disk(served: ServedDaemon) -> None:
    done = (await served.turn("Say hello"))[-1]
    (turn,) = await history(served, done["session"])
    assert (turn["input"], turn["output"], turn["state"]) == ("Say hello", "Hello there", "done")
    _, usage = await served.get("/v1/usage")
    assert usage["items"][0]["requests"] == 1
    assert usage["items"][0]["tokens_out"] == 2


async def test_the_conversation_so_far_is_sent_with_each_turn(served: ServedDaemon) -> None:
    session = (await served.turn("one", system="Be brief."))[-1]["session"]
    await served.turn("two", session=session[:5])
    assert served.upstream.records.last.json["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": "Hello there"},
        {"role": "user", "content": "two"},
    ]


async def test_options_and_schema_reach_the_provider(served: ServedDaemon) -> None:
    await served.turn("x", options={"temperature": 0.5, "max_tokens": 7, "stop": ["."]}, json_schema={"type": "object"})
    sent = served.upstream.records.last.json
    assert (sent["temperature"], sent["max_tokens"], sent["stop"]) == (0.5, 7, ["."])
    assert sent["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert sent["model"] == "upstream-small"


async def test_loading_is_told_before_the_first_word(served: ServedDaemon) -> None:
    served.provider.loading = [
        {
            "type": "model.loading",
            "model": "scripted/small",
            "phase": "loading",
            "done_bytes": None,
            "total_bytes": None,
        }
    ]
    assert kinds(await served.turn())[:3] == ["session.started", "model.loading", "text.delta"]


async def test_a_client_that_leaves_stops_the_model_and_keeps_what_came(served: ServedDaemon) -> None:
    served.upstream.enqueue(say("one ", "two ", "never"), "stall-after=3")
    async with served.client.post("http://triforced/v1/sessions/new/turns", json={"input": "go"}) as reply:
        seen = b""
        while b"two " not in seen:
            seen += await reply.content.readany()
    _, page = await served.get("/v1/sessions")
    turn = await wait_until_settled(served, page["items"][0]["id"])
    assert (turn["state"], turn["output"]) == ("interrupted", "one two ")
    assert turn["usage"]["estimated"] is True
    assert turn["usage"]["output_tokens"] == 2
    await served.upstream.until(lambda: [asked.ended for asked in served.upstream.records] == ["hung up"])
    assert served.provider.held == 0


async def test_a_provider_that_is_cut_off_ends_in_an_error_and_keeps_what_came(served: ServedDaemon) -> None:
    served.upstream.enqueue(say("half"), "cut-after=2")
    events = await served.turn()
    assert kinds(events) == ["session.started", "text.delta", "error"]
    assert events[-1]["error"]["code"] == "upstream_failed"
    turn = await wait_until_settled(served, events[0]["session"])
    assert (turn["state"], turn["output"]) == ("failed", "half")
    assert turn["error"]["code"] == "upstream_failed"


async def test_a_stream_without_its_end_is_no_success(served: ServedDaemon) -> None:
    served.upstream.enqueue(say("half"), "cut-after=2 cut=end")
    assert kinds(await served.turn())[-1] == "error"


async def test_an_error_inside_the_stream_is_told(served: ServedDaemon) -> None:
    # Far enough apart that the first word has gone on before the error comes: else it would be asked again.
    served.upstream.enqueue(say("a", "b"), "every=400ms error-in-stream-at=2")
    error = (await served.turn())[-1]["error"]
    assert "Sorry about that!" in error["message"]


async def test_a_provider_that_is_not_there_is_an_error_event_and_a_failed_turn(served: ServedDaemon) -> None:
    served.provider.failure = ProviderUnavailable("It sleeps.", "Wake it.")
    events = await served.turn()
    assert kinds(events) == ["session.started", "error"]
    assert events[-1]["error"]["hint"] == "Wake it."
    assert (await wait_until_settled(served, events[0]["session"]))["state"] == "failed"
    _, usage = await served.get("/v1/usage")
    assert usage["items"][0]["errors"] == 1
    assert usage["items"][0]["tokens_in"] == 0


async def test_errors_before_the_first_event_are_ordinary_errors(served: ServedDaemon) -> None:
    for body, status, code in (
        ({"input": "  "}, 400, "empty_prompt"),
        ({"input": "x", "model": "smal"}, 404, "model_not_found"),
        ({"input": "x", "colour": "red"}, 400, "invalid_request"),
        ({"input": 5}, 400, "invalid_request"),
        ({}, 400, "invalid_request"),
    ):
        assert (await served.post("/v1/sessions/new/turns", body))[0] == status
        assert (await served.post("/v1/sessions/new/turns", body))[1]["error"]["code"] == code
    assert (await served.post("/v1/sessions/zzz/turns", {"input": "x"}))[1]["error"]["code"] == "session_not_found"
    _, page = await served.get("/v1/sessions")
    assert page["items"] == []


async def test_a_retry_replaces_the_last_answer_only_when_the_new_one_is_there(served: ServedDaemon) -> None:
    session = (await served.turn("one"))[-1]["session"]
    served.provider.failure = ProviderUnavailable("It sleeps.")
    await served.turn("", session=session, replace_last=True)
    assert (await history(served, session))[0]["output"] == "Hello there"
    served.provider.failure = None
    served.upstream.enqueue(say("Better"))
    done = (await served.turn("", session=session, replace_last=True))[-1]
    assert (done["turn"], done["message"]) == (1, "Better")
    (turn,) = await history(served, session)
    assert (turn["input"], turn["output"]) == ("one", "Better")
    assert served.upstream.records.last.json["messages"] == [{"role": "user", "content": "one"}]


async def test_a_turn_that_is_not_kept_leaves_only_its_usage(served: ServedDaemon) -> None:
    events = await served.turn("secret", keep=False)
    assert events[0]["kept"] is False
    _, page = await served.get("/v1/sessions")
    assert page["items"] == []
    _, usage = await served.get("/v1/usage", by="session")
    assert [(item["key"], item["requests"]) for item in usage["items"]] == [("-", 1)]


async def test_one_kept_turn_of_a_session_at_a_time(served: ServedDaemon) -> None:
    session = (await served.turn("one"))[-1]["session"]
    served.upstream.enqueue(say("slow"), "first=300ms")
    first = asyncio.create_task(served.turn("two", session=session))
    await asyncio.sleep(0.1)
    status, body = await served.post(f"/v1/sessions/{session}/turns", {"input": "three"})
    assert (status, body["error"]["code"]) == (409, "conflict")
    assert kinds(await first)[-1] == "done"
    assert kinds(await served.turn("three", session=session))[-1] == "done"
    assert [turn["number"] for turn in await history(served, session)] == [1, 2, 3]


async def test_draining_ends_an_answer_honestly_and_keeps_it(served: ServedDaemon) -> None:
    served.upstream.enqueue(say("half ", "never"), "stall-after=2")
    turn = asyncio.create_task(served.turn())
    while not served.lifecycle.streams or not served.upstream.records:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    served.lifecycle.request_stop()
    served.lifecycle.cut_all()
    events = await turn
    assert kinds(events) == ["session.started", "text.delta", "error"]
    assert events[-1]["error"]["code"] == "draining"


async def test_what_a_crash_left_open_is_interrupted_at_the_next_start(served: ServedDaemon) -> None:
    from triforce_daemon.services.sessions import Sessions
    from triforce_daemon.stores.sessions import SessionStore

    done = (await served.turn())[-1]
    store = SessionStore(served.database)
    await served.database.write(
        *store.finish_turn(done["session"], 1, {"input": "i", "output": "", "state": "running", "model": "m"}, 0)
    )
    await served.parts.get(Sessions).recover()
    assert (await history(served, done["session"]))[0]["state"] == "interrupted"


async def test_a_slow_reader_gets_every_word(served: ServedDaemon) -> None:
    served.upstream.enqueue(say(*(f"w{number} " for number in range(5_000))))
    async with served.client.post("http://triforced/v1/sessions/new/turns", json={"input": "go"}) as reply:
        await asyncio.sleep(0.3)
        text = (await reply.content.read()).decode()
    assert text.count('"text.delta"') == 5_000
    assert '"type":"done"' in text


async def test_a_turn_that_nobody_was_asked_for_does_not_stay_open(served: ServedDaemon) -> None:
    login = (await served.user(limits={"requests_per_minute": 1}))["access_token"]
    async with served.http_client(login) as client:
        for _ in range(2):
            async with client.post("/v1/sessions/new/turns", json={"input": "x", "model": "scripted/small"}) as reply:
                events = events_of(await reply.text())
        async with client.get(f"/v1/sessions/{events[0]['session']}") as reply:
            (turn,) = (await reply.json())["history"]
    assert (turn["state"], turn["error"]["code"]) == ("failed", "too_many_requests")
