"""Tokens as their owner makes, sees and revokes them, by the routes."""

from typing import Any

from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_a_token_is_shown_once(served: ServedDaemon) -> None:
    wanted = {"name": "laptop", "scopes": ["read", "inference"], "models": ["groq/*"], "boundary": "mesh",
              "expires": "2999-01-01T00:00:00Z"}  # fmt: skip
    _, made = await served.post("/v1/tokens", wanted)
    secret = made.pop("token")
    assert made.pop("schema") == "triforce.tokens.create/1"
    assert secret.startswith("tf_")
    _, listed = await served.get("/v1/tokens")
    assert listed["items"] == [made]
    assert secret not in str(listed)
    assert made["scopes"] == ["inference", "read"]
    assert (made["boundary"], made["expires"]) == ("mesh", "2999-01-01T00:00:00.000Z")
    assert (made["last_used"], made["revoked"]) == (None, None)


async def test_a_bare_token_asks_all_models_and_nothing_else(served: ServedDaemon) -> None:
    _, made = await served.post("/v1/tokens", {"name": "laptop"})
    assert (made["scopes"], made["models"], made["boundary"], made["expires"]) == (["inference"], [], "any", None)


WRONG: list[dict[str, Any]] = [
    {"name": ""}, {"name": "two words"}, {"name": "x" * 65}, {"name": "-x"}, {"name": "a/b"}, {"name": "a\n"}, {},
    {"name": "a", "scopes": []}, {"name": "a", "scopes": ["owner"]}, {"name": "a", "models": [""]},
    {"name": "a", "models": ["a b"]}, {"name": "a", "models": ["x"] * 65}, {"name": "a", "boundary": "moon"},
    {"name": "a", "expires": "soon"}, {"name": "a", "expires": "2020-01-01T00:00:00Z"},
]  # fmt: skip


async def test_what_makes_no_sense_is_refused(served: ServedDaemon) -> None:
    for wrong in WRONG:
        status, body = await served.post("/v1/tokens", wrong)
        assert (status, body["error"]["code"]) == (400, "invalid_request"), wrong
    assert (await served.get("/v1/tokens"))[1]["items"] == []


async def test_what_a_client_may_not_choose_is_not_taken(served: ServedDaemon) -> None:
    more = {"id": "mine", "kind": "owner", "digest": "00", "token": "tf_mine", "role": "admin"}
    _, made = await served.post("/v1/tokens", {"name": "laptop", **more})
    assert made["id"] != "mine"
    assert made["token"] != "tf_mine"
    assert (await served.over_http("GET", "/v1/tokens", made["token"]))[0] == 403


async def test_it_is_revoked_by_name_or_id_and_then_refused(served: ServedDaemon) -> None:
    for by in ("name", "id", "name"):
        _, made = await served.post("/v1/tokens", {"name": "laptop"})
        assert (await served.over_http("GET", "/v1/models", made["token"]))[0] == 200
        status, gone = await served.call("DELETE", f"/v1/tokens/{made[by]}")
        assert (status, gone["id"]) == (200, made["id"])
        assert gone["revoked"]
        assert (await served.over_http("GET", "/v1/models", made["token"]))[0] == 401
    assert (await served.get("/v1/tokens"))[1]["items"] == []
    assert len((await served.get("/v1/tokens", revoked="true"))[1]["items"]) == 3


async def test_of_two_of_one_name_the_id_tells_which(served: ServedDaemon) -> None:
    ids = [(await served.post("/v1/tokens", {"name": "laptop"}))[1]["id"] for _ in range(2)]
    status, body = await served.call("DELETE", "/v1/tokens/laptop")
    assert (status, body["error"]["code"], body["error"]["near"]) == (409, "ambiguous_id", ids)
    status, body = await served.call("DELETE", "/v1/tokens/laptob")
    assert (status, body["error"]["near"]) == (404, ["laptop"])
