"""Keys tested with their providers."""

import pytest

from tests.triforce_daemon.services.key_house import open_house
from triforce_daemon.errors import ProviderNotFound, UpstreamFailed
from triforce_daemon.providers.condition import Condition

ENVIRON = {"GROQ_API_KEY": "env-one", "GROQ_API_KEY_2": "env-two", "GEMINI_API_KEY": "AIza-one"}


async def test_every_key_that_is_used_is_asked_about(folder: str) -> None:
    async with open_house(folder, environ=ENVIRON) as house:
        house.said["env-two"] = Condition("key-rejected", "Invalid key.", "Renew it.", status=401)
        items = (await house.tests.run([]))["items"]
        assert [(item["provider"], item["name"], item["ok"], item["status"]) for item in items] == [
            ("groq", "GROQ_API_KEY", True, 200),
            ("groq", "GROQ_API_KEY_2", False, 401),
            ("gemini", "GEMINI_API_KEY", True, 200),
        ]
        assert (items[1]["state"], items[1]["reason"], items[1]["fix"]) == ("key-rejected", "Invalid key.", "Renew it.")
        assert items[0]["latency_ms"] and items[0]["latency_ms"] >= 250
        kept = [key["last_test"] for key in (await house.desk.all())["items"] if key["present"]]
        assert [test["state"] for test in kept if test] == ["ok", "key-rejected", "ok"]


async def test_only_those_that_are_named(folder: str) -> None:
    async with open_house(folder, environ=ENVIRON) as house:
        items = (await house.tests.run(["gemini", "mistral", "gemini"]))["items"]
        assert [(item["provider"], item["ok"], item["state"]) for item in items] == [
            ("gemini", True, "ok"),
            ("mistral", False, "no-key"),
        ]
        assert items[1]["fix"] == "`triforce keys set mistral`"
        with pytest.raises(ProviderNotFound):
            await house.tests.run(["gemini", "gemin"])


async def test_a_failure_is_a_line_and_no_end(folder: str) -> None:
    async with open_house(folder, environ=ENVIRON) as house:
        house.said["env-one"] = UpstreamFailed("groq answered 500.", "Later.", upstream_status=500)
        items = (await house.tests.run(["groq"]))["items"]
        assert [(item["ok"], item["state"], item["status"]) for item in items] == [
            (False, "down", 500),
            (True, "ok", 200),
        ]


async def test_one_that_never_answers_is_given_up(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from triforce_daemon.services import key_tests

    async with open_house(folder, environ=ENVIRON) as house:
        monkeypatch.setattr(key_tests, "SECONDS", 0.02)
        house.said["AIza-one"] = None
        items = (await house.tests.run(["gemini"]))["items"]
        assert (items[0]["ok"], items[0]["state"]) == (False, "down")
        assert "did not answer" in (items[0]["reason"] or "")


async def test_a_provider_that_is_out_of_use_fails_only_where_it_is_named(folder: str) -> None:
    async with open_house(folder, environ=ENVIRON) as house:
        house.said["AIza-one"] = Condition("retired", "It is gone.")
        assert {item["provider"] for item in (await house.tests.run([]))["items"]} == {"groq"}
        assert [item["state"] for item in (await house.tests.run(["gemini"]))["items"]] == ["retired"]
