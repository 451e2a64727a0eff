"""A question that goes on with a conversation is kept in it."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_an_answer_is_kept_in_its_conversation(served: ServedDaemon) -> None:
    session = (await served.turn("Hello"))[-1]["session"]
    result = await run(served, "chat", message="And now?", session_id=session)
    assert result["value"]["text"] == "Hello there"
    _, kept = await served.get(f"/v1/sessions/{session}")
    assert [turn["input"] for turn in kept["history"]] == ["Hello", "And now?"]
    assert (await run(served, "chat", message="x", session_id="zzzz"))["error"]["code"] == "session_not_found"


async def test_an_answer_that_breaks_off_is_an_error(served: ServedDaemon) -> None:
    session = (await served.turn("Hello"))[-1]["session"]
    served.upstream.enqueue(plan="status=400")
    failed = await run(served, "chat", message="And now?", session_id=session)
    assert failed["error"]["code"] == "tool_failed" and failed["value"] is None
