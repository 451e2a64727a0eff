"""What a request brings: found wherever clients put it, and taken for nothing else."""

from base64 import b64encode

import pytest

from tests.triforce_daemon.served_daemon import PASSWORD, ServedDaemon, serve
from triforce_daemon.services.model_registry import ModelRegistry


def basic(name: str, password: str = PASSWORD) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"}


async def test_a_log_in_is_found_where_clients_put_their_key(served: ServedDaemon) -> None:
    token = (await served.user())["access_token"]
    for header, value in {"authorization": f"Bearer {token}", "x-api-key": token, "x-goog-api-key": token}.items():
        status, body = await served.over_http("GET", "/v1/client/profile", headers={header: value})
        assert (status, body.get("name")) == (200, "user/anna"), header


async def test_basic_is_for_programs_that_know_nothing_else(served: ServedDaemon) -> None:
    await served.user()
    for header in (basic("anna"), {"authorization": basic("anna")["authorization"].replace("Basic", "bAsIc")}):
        for _ in range(2):
            status, body = await served.over_http("GET", "/v1/client/profile", headers=header)
            assert (status, body.get("kind")) == (200, "user")


NO_BASIC = ["Basic", "Basic !", "Basic " + b64encode(b"anna").decode(), "Basic " + b64encode(b"\xff:\xff").decode()]


@pytest.mark.parametrize("header", [*NO_BASIC, "Basic " + "QUFB" * 2_000])
async def test_what_is_no_name_and_password_is_refused(served: ServedDaemon, header: str) -> None:
    status, body = await served.over_http("GET", "/v1/client/profile", headers={"authorization": header})
    assert (status, body["error"]["code"]) == (401, "unauthenticated")


async def test_guessing_by_basic_is_slowed_down_as_well(served: ServedDaemon) -> None:
    await served.user()
    async with served.http_client() as client:
        for at in range(5):
            async with client.get("/v1/models", headers=basic("anna", f"wrong {at}")) as reply:
                assert reply.status == 401
        async with client.get("/v1/models", headers=basic("anna")) as reply:
            assert (reply.status, (await reply.json())["error"]["code"]) == (429, "too_many_attempts")
            assert int(reply.headers["retry-after"]) >= 1


async def test_what_is_forged_is_refused_on_every_way_in(served: ServedDaemon) -> None:
    token = (await served.user())["access_token"]
    head, _, rest = token.partition(".")
    none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + rest.rpartition(".")[0] + "."
    for wrong in (none, f"{head}.{rest[:-2]}", "eyJ", "ey", head):
        for name in ("authorization", "x-api-key", "x-goog-api-key", "api-key"):
            headers = {name: f"Bearer {wrong}"}
            assert (await served.over_http("GET", "/v1/models", headers=headers))[0] == 401


CHAT = {"model": "scripted/small", "messages": [{"role": "user", "content": "x"}]}


async def test_guests_come_in_where_they_may_and_ask_what_is_here(folder: str) -> None:
    async with serve(folder, users__guests="true") as served:
        served.provider.boundary = "machine"
        assert (await served.over_http("POST", "/v1/chat/completions", json=CHAT))[0] == 200
        served.provider.boundary = "any"
        served.parts.get(ModelRegistry).forget()
        status, body = await served.over_http("POST", "/v1/chat/completions", json=CHAT)
        assert (status, body["error"]["code"]) == (403, "tier_too_low")
        # Who shows something that is not good is not taken for a guest.
        assert (await served.over_http("GET", "/v1/models", "tf_" + "0" * 48))[0] == 401
        _, profile = await served.over_http("GET", "/v1/client/profile")
        assert (profile["kind"], profile["user"]) == ("guest", None)


async def test_guests_store_nothing_for_one_another(folder: str) -> None:
    async with serve(folder, users__guests="true") as served:
        served.provider.boundary = "machine"
        ask = {"model": "scripted/small", "input": "x"}
        _, made = await served.over_http("POST", "/v1/responses", json=ask)
        assert (await served.over_http("GET", f"/v1/responses/{made['id']}"))[0] == 404
