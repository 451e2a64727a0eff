"""What limits whom: one's own, for admins everybody's, and that of a token."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.tools.admin.test_looking import over_http, value

ASK = {"model": "scripted/small", "messages": [{"role": "user", "content": "hi"}]}


async def test_everybody_sees_his_own_limits_and_an_admin_all(served: ServedDaemon) -> None:
    anna = (await served.user("anna", tier="pro"))["access_token"]
    bert = (await served.user("bert", tier="pro"))["access_token"]
    assert (await served.over_http("POST", "/v1/chat/completions", anna, json=ASK))[0] == 200
    own = (await over_http(served, "rate_limit_stats", anna))["value"]["buckets"]
    assert {one["key"].split()[0] for one in own} == {"user/anna"}
    (requests,) = [one for one in own if one["key"] == "user/anna requests/minute"]
    assert (requests["used"], requests["remaining"]) == (1, requests["limit"] - 1) and 0 < requests["reset_in"] <= 60
    every = (await value(served, "rate_limit_stats"))["buckets"]
    assert {one["key"].split()[0] for one in every} == {"user/anna", "user/bert"}
    theirs = (await value(served, "rate_limit_stats", user="anna"))["buckets"]
    assert [{**one, "reset_in": 0} for one in theirs] == [{**one, "reset_in": 0} for one in own]
    refused = await over_http(served, "rate_limit_stats", bert, user="anna")
    assert refused["error"]["code"] == "forbidden"


async def test_the_limits_of_an_agents_token(served: ServedDaemon) -> None:
    await served.token("inference", name="agent-1", requests_per_minute=7)
    (bucket,) = (await value(served, "rate_limit_stats", agent="agent-1"))["buckets"]
    assert (bucket["key"], bucket["limit"], bucket["reset_in"]) == ("token/agent-1 requests/minute", 7, None)
    assert (await run(served, "rate_limit_stats", agent="agent-1", user="x"))["error"]["code"] == "invalid_arguments"
    bert = (await served.user("bert", tier="pro"))["access_token"]
    assert (await over_http(served, "rate_limit_stats", bert, agent="agent-1"))["error"]["code"] == "not_found"
