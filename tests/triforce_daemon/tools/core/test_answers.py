"""What models are asked for by tools: through the daemon, with a scripted provider behind it."""

from tests.scriptable_upstream.script import Script, Text, Usage
from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon


def says(served: ServedDaemon, number: int, text: str) -> str:
    """Have the provider's model of that number say this; its id."""
    name = served.provider.names[number]
    served.upstream.script(served.provider.prefix + name, Script((Text((text,)),), usage=Usage(3, 2)))
    return f"{served.provider.name}/{name}"


def last(served: ServedDaemon) -> dict:
    """The last request that the provider got."""
    records = served.upstream.records
    return records[len(records) - 1].json


async def test_a_model_answers(served: ServedDaemon) -> None:
    model = says(served, 0, "Blue.")
    result = await run(served, "chat", message="Which colour?", model=model, system_prompt="Be brief.")
    value = result["value"]
    assert (value["text"], value["model"], value["fallback_used"]) == ("Blue.", model, False)
    assert value["usage"] == {"input_tokens": 3, "output_tokens": 2, "estimated": False}
    sent = last(served)
    assert [message["content"] for message in sent["messages"]] == ["Be brief.", "Which colour?"]
    assert (await run(served, "chat", message="Hi", model="nobody/nothing"))["error"]["code"] == "model_not_found"


async def test_vectors_and_counts(served: ServedDaemon) -> None:
    counted = (await run(served, "count_tokens", text="Hello there, how are you?"))["value"]
    assert counted["method"] == "estimate" and counted["chars"] == 25 and 5 <= counted["tokens"] <= 8
    refused = await run(served, "embed", texts=["a"], model=f"{served.provider.name}/{served.provider.names[0]}")
    assert refused["ok"] or refused["error"]["code"] in ("invalid_request", "upstream_failed")


async def test_what_a_provider_came_to_is_the_tools_error(served: ServedDaemon) -> None:
    served.upstream.enqueue(plan="status=400")
    result = await run(served, "chat", message="Hi", model=says(served, 0, "Hi"))
    assert not result["ok"] and result["error"]["message"]


async def test_every_way_to_ask_is_there(served: ServedDaemon) -> None:
    _, listed = await served.get("/v1/tools", toolset="core")
    names = {item["name"] for item in listed["items"]}
    assert {"chat", "model_route", "extract", "llm_broadcast", "llm_consensus", "embed", "count_tokens"} <= names
