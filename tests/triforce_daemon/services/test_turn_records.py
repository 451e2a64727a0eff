"""What is written down before the answer comes."""

import asyncio

from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_the_question_is_on_disk_before_the_first_word(served: ServedDaemon) -> None:
    served.upstream.enqueue(None, "first=30s")
    turn = asyncio.create_task(served.turn("remember this"))
    await served.upstream.asked()
    _, page = await served.get("/v1/sessions")
    _, session = await served.get(f"/v1/sessions/{page['items'][0]['id']}")
    assert [(one["input"], one["state"]) for one in session["history"]] == [("remember this", "running")]
    turn.cancel()


async def test_a_session_remembers_its_model(served: ServedDaemon) -> None:
    session = (await served.turn(model="large"))[-1]["session"]
    assert (await served.turn(session=session))[-1]["model"] == "scripted/large"
    assert (await served.turn(session=session, model="small"))[-1]["model"] == "scripted/small"
    _, detail = await served.get(f"/v1/sessions/{session}")
    assert detail["model"] == "scripted/small"


async def test_titles_and_places_are_kept(served: ServedDaemon) -> None:
    done = (await served.turn("A question\nof two lines", cwd="/somewhere"))[-1]
    _, session = await served.get(f"/v1/sessions/{done['session']}")
    assert (session["title"], session["cwd"]) == ("A question of two lines", "/somewhere")
    done = (await served.turn("x", title="Named"))[-1]
    assert (await served.get(f"/v1/sessions/{done['session']}"))[1]["title"] == "Named"


async def test_a_turn_that_failed_is_not_said_again(served: ServedDaemon) -> None:
    session = (await served.turn("one"))[-1]["session"]
    served.upstream.plan("cut-after=0")
    assert (await served.turn("two", session=session))[-1]["type"] == "error"
    served.upstream.plan(None)
    await served.turn("three", session=session)
    said = [message["content"] for message in served.upstream.records.last.json["messages"]]
    assert said == ["one", "Hello there", "three"]


async def test_an_unkept_turn_reads_the_session_but_does_not_touch_it(served: ServedDaemon) -> None:
    session = (await served.turn("one"))[-1]["session"]
    await served.turn("two", session=session, keep=False, system="Other.")
    assert len(served.upstream.records.last.json["messages"]) == 4
    _, detail = await served.get(f"/v1/sessions/{session}")
    assert (len(detail["history"]), detail["system"]) == (1, None)


async def test_retrying_an_empty_session_needs_words(served: ServedDaemon) -> None:
    status, body = await served.post("/v1/sessions/new/turns", {"input": "", "replace_last": True})
    assert (status, body["error"]["code"]) == (400, "empty_prompt")
