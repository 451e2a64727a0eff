"""One model asked, and several at once: each answer has its own row in the ledger."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.tools.core.test_answers import says


async def test_several_models_answer_at_once(served: ServedDaemon) -> None:
    one, two = says(served, 0, "Yes."), says(served, 1, "No.")
    value = (await run(served, "llm_broadcast", targets=[one, two, "x/y", one], prompt="Is it?"))["value"]
    assert value["ok_count"] == 2 and list(value["responses"]) == [one, two, "x/y"]
    assert value["responses"]["x/y"]["error"]["code"] == "model_not_found"
    _, used = await served.get("/v1/usage", by="model")
    assert {item["key"]: item["requests"] for item in used["items"]} == {one: 1, two: 1}


async def test_who_takes_too_long_is_not_waited_for(served: ServedDaemon) -> None:
    slow, quick = says(served, 0, "Late."), says(served, 1, "Now.")
    served.upstream.script(served.provider.prefix + served.provider.names[0], plan="stall-after=0")
    value = (await run(served, "llm_broadcast", targets=[slow, quick], prompt="Hi", timeout=1))["value"]
    assert value["responses"][slow]["error"]["code"] == "upstream_timeout"
    assert value["responses"][quick]["text"] == "Now."
