"""The tools for chains and workflows, with the rights that they need."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_what_each_takes_and_returns(served: ServedDaemon) -> None:
    started = await run(served, "chain_start", prompt="Say hello.", lead="scripted/small", max_cycles=1)
    assert started["value"].keys() == {"chain_id", "status", "project", "job_id"}
    chain = started["value"]["chain_id"]
    assert [one["chain_id"] for one in (await run(served, "chain_status"))["value"]["chains"]] == [chain]
    for wrong in ({"prompt": ""}, {"prompt": " "}, {"prompt": "x", "max_cycles": 51}, {"prompt": "x", "max_cycles": 0}):
        assert (await run(served, "chain_start", **wrong))["error"]["code"] == "invalid_arguments"
    assert (await run(served, "chain_control", chain_id=chain, action="stop"))["error"]["code"] == "invalid_arguments"
    assert (await run(served, "workflows_list"))["value"]["templates"][0]["id"] == "decide"


async def test_who_may_only_look_starts_nothing(served: ServedDaemon) -> None:
    token = await served.token("tools", "inference")
    for tool, arguments in (("chain_start", {"prompt": "x"}), ("workflows_create", {"template": "polish"})):
        _, reply = await served.over_http("POST", f"/v1/tools/{tool}/run", token, json={"arguments": arguments})
        assert reply["error"]["code"] == "forbidden"
