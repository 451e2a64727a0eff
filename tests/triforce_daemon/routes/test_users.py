"""The routes of accounts: a token that an admin makes for somebody is that somebody's."""

from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_a_token_for_somebody_is_his(served: ServedDaemon) -> None:
    await served.post("/v1/users", {"name": "robot", "tier": "pro"})
    asked = {"name": "ci", "scopes": ["inference", "read"], "models": ["scripted/*"]}
    status, made = await served.post("/v1/users/robot/tokens", asked)
    assert (status, made["user"]) == (200, "robot")
    _, profile = await served.over_http("GET", "/v1/client/profile", made["token"])
    assert (profile["kind"], profile["name"], profile["user"]["name"]) == ("token", "user/robot/ci", "robot")
    assert profile["scopes"] == ["inference", "read"]
    assert (await served.post("/v1/users/nobody/tokens", asked))[0] == 404
