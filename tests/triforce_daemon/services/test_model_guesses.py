"""Near names for a wrong one: only those that the caller may see, and only so many a minute."""

import pytest

from tests.triforce_daemon.gateway import Gateway, gateway
from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.services import model_names
from triforce_daemon.services.model_guesses import A_MINUTE, OF_ALL, Guesses

HI = [{"role": "user", "content": "hi"}]
FAST = {"aliases__quick__models": "groq/second"}


async def missed(served: ServedDaemon, token: str, name: str) -> dict:
    body = {"model": name, "messages": HI}
    status, told = await served.over_http("POST", "/v1/chat/completions", token, json=body)
    assert (status, told["error"]["code"]) == (404, "model_not_found"), told
    return told["error"]


async def narrow(gate: Gateway, *models: str, **more: object) -> str:
    return await gate.served.token("inference", "read", models=list(models), **more)


async def test_a_narrow_token_learns_no_names_but_its_own(folder: str) -> None:
    async with gateway(folder, **FAST) as gate:
        token = await narrow(gate, "groq/m")
        for name in ("groq/secon", "quik", "econd", "mistral/seco"):
            told = await missed(gate.served, token, name)
            assert "second" not in str(told)
            assert "quick" not in str(told)
        told = await missed(gate.served, token, "goq/m")
        assert "groq/m" in told["message"]
        assert "mistral" not in told["message"]


async def test_who_may_ask_all_learns_all(folder: str) -> None:
    async with gateway(folder, **FAST) as gate:
        token = await narrow(gate)
        assert "groq/second" in str(await missed(gate.served, token, "groq/secon"))
        assert "quick" in str(await missed(gate.served, token, "quik"))


async def test_a_boundary_hides_what_is_beyond_it(folder: str) -> None:
    async with gateway(folder) as gate:
        gate.providers["mistral"].boundary = "machine"
        token = await narrow(gate, boundary="machine")
        told = str(await missed(gate.served, token, "xmistral/m"))
        assert "mistral/m" in told
        assert "groq" not in told


@pytest.mark.parametrize(
    "path", ["/v1/models/groq/second", "/v1/registry/models/groq/second", "/v1beta/models/groq/second"]
)
async def test_what_may_not_be_asked_is_not_shown_either(folder: str, path: str) -> None:
    async with gateway(folder) as gate:
        token = await narrow(gate, "groq/m")
        status, told = await gate.served.over_http("GET", path, token)
        assert status == 404
        assert told["error"]["message"].count("second") == 1
        assert (await gate.served.over_http("GET", path.replace("second", "m"), token))[0] == 200


async def test_wrong_names_cost_no_more_than_so_many_searches(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []

    def search(name: str, *_: object) -> list[str]:
        searched.append(name)
        return ["groq/m"]

    monkeypatch.setattr(model_names, "_near", search)
    async with gateway(folder) as gate:
        token = await narrow(gate)
        told = [await missed(gate.served, token, f"groq/x/{number}") for number in range(A_MINUTE + 5)]
    assert A_MINUTE <= len(searched) <= A_MINUTE + 1
    assert "groq/m" in told[0]["message"]
    assert "triforce models list" in told[-1]["message"]


def test_a_minute_later_it_begins_anew() -> None:
    now = 0.0
    guesses = Guesses(lambda: now)
    assert sum(guesses.take("anna") for _ in range(99)) == A_MINUTE
    assert guesses.take("bert")
    assert sum(guesses.take(f"user {number}") for number in range(999)) == OF_ALL - A_MINUTE - 1
    now = 61.0
    assert guesses.take("anna")
