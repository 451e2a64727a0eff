"""Keys set, listed, removed and found again; which one counts; and words for whatever is in the way."""

import os
from pathlib import Path

import pytest

from tests.triforce_daemon.services.key_house import open_house
from triforce_daemon.errors import (
    Conflict,
    KeyMalformed,
    KeyNotFound,
    KeyRejected,
    ProviderNotFound,
    VaultUnavailable,
)
from triforce_daemon.stores.vault.vault import FILE

ENVIRON = {"GROQ_API_KEY": "env-one", "GROQ_API_KEY_2": "env-two", "MISTRAL_API_KEY": "'quoted-key'"}


async def test_a_key_is_set_and_counts_at_once(folder: str) -> None:
    async with open_house(folder) as house:
        kept = await house.desk.put("groq", "default", "gsk-one\n")
        assert kept == {
            "schema": "triforce.keys.set/1",
            "provider": "groq",
            "name": "default",
            "store": "file",
            "replaced": False,
            "hides": [],
            "reason": "The keyring cannot be used: there is no D-Bus session here.",
        }
        assert [one.secret for one in house.ring.credentials("groq")] == ["gsk-one"]
        assert (await house.desk.put("groq", "default", "gsk-two"))["replaced"]
        assert not (await house.desk.put("groq", "work", "gsk-three"))["replaced"]
    async with open_house(folder) as house:
        assert [one.secret for one in house.ring.credentials("groq")] == ["gsk-two", "gsk-three"]


async def test_the_list_has_a_line_for_each_key_and_each_provider_without(folder: str) -> None:
    async with open_house(folder, environ=ENVIRON) as house:
        await house.desk.put("gemini", "default", "AIza-one")
        reply = await house.desk.all()
        lines = [(key["provider"], key["name"], key["present"], key["store"], key["used"]) for key in reply["items"]]
        assert lines == [
            ("groq", "GROQ_API_KEY", True, "environment", True),
            ("groq", "GROQ_API_KEY_2", True, "environment", True),
            ("mistral", "MISTRAL_API_KEY", False, "environment", False),
            ("gemini", "default", True, "file", True),
        ]
        assert reply["items"][2]["reason"] == "The key stands in quotes."
        assert reply["vault"]["state"] == "open"
        assert not any(secret in str(reply) for secret in (*ENVIRON.values(), "AIza-one"))


async def test_a_provider_without_any_is_listed(folder: str) -> None:
    async with open_house(folder) as house:
        reply = await house.desk.all()
        assert {(key["provider"], key["name"], key["present"]) for key in reply["items"]} == {
            ("groq", None, False),
            ("mistral", None, False),
            ("gemini", None, False),
        }
        assert reply["vault"]["state"] == "empty"


async def test_the_vault_comes_before_the_environment(folder: str) -> None:
    async with open_house(folder, environ=ENVIRON) as house:
        kept = await house.desk.put("groq", "default", "gsk-one")
        assert kept["hides"] == ["GROQ_API_KEY", "GROQ_API_KEY_2"]
        keys = [key for key in (await house.desk.all())["items"] if key["provider"] == "groq"]
        assert [key["used"] for key in keys] == [True, False, False]
        assert keys[1]["reason"] == "Keys of the vault come first."
        removed = await house.desk.remove("groq", None)
        assert (removed["name"], removed["next"]) == ("default", "environment")


async def test_where_names_each_source_and_why_it_does_not_count(folder: str) -> None:
    async with open_house(folder, environ=ENVIRON) as house:
        reply = await house.desk.where("groq")
        assert (reply["winner"], reply["provider"]) == ("environment", "groq")
        assert [(item["source"], item["names"], item["used"]) for item in reply["items"]] == [
            ("vault", [], False),
            ("credential", [], False),
            ("environment", ["GROQ_API_KEY", "GROQ_API_KEY_2"], True),
        ]
        assert [item["reason"] for item in reply["items"]] == ["There is none.", "There is none.", None]
        assert reply["items"][0]["place"] == os.path.join(folder, "vault", FILE)
        await house.desk.put("groq", "default", "gsk-one")
        reply = await house.desk.where("groq")
        assert reply["winner"] == "vault"
        assert reply["items"][2]["reason"] == "Keys of the vault come first."
        assert (await house.desk.where("mistral"))["items"][2]["reason"] == "MISTRAL_API_KEY: The key stands in quotes."
        assert (await house.desk.where("gemini"))["winner"] is None


async def test_where_says_where_a_key_would_be_kept(folder: str) -> None:
    async with open_house(folder) as house:
        vault = (await house.desk.where(None))["vault"]
        assert (vault["state"], vault["key"]) == ("empty", "file")
        assert vault["reason"] and "D-Bus" in vault["reason"]
    assert not os.path.exists(os.path.join(folder, "vault"))


async def test_an_unknown_provider_has_near_names(folder: str) -> None:
    async with open_house(folder) as house:
        for ask in (house.desk.put("grok", "a", "gsk-one"), house.desk.remove("grok", None), house.desk.where("grok")):
            with pytest.raises(ProviderNotFound) as refused:
                await ask
            assert refused.value.near == ["groq"]


async def test_what_is_no_key_is_not_kept(folder: str) -> None:
    async with open_house(folder) as house:
        for name, secret in (("default", "export A=gsk-one"), ("no name", "gsk-one"), ("default", "")):
            with pytest.raises(KeyMalformed):
                await house.desk.put("groq", name, secret)
        assert house.ring.credentials("groq") == ()


async def test_a_key_is_kept_once(folder: str) -> None:
    async with open_house(folder) as house:
        await house.desk.put("groq", "work", "gsk-one")
        with pytest.raises(Conflict, match="work"):
            await house.desk.put("groq", "home", "gsk-one")
        await house.desk.put("gemini", "home", "gsk-one")


async def test_removing_needs_to_know_which_one(folder: str) -> None:
    async with open_house(folder, environ=ENVIRON) as house:
        with pytest.raises(KeyNotFound) as refused:
            await house.desk.remove("groq", None)
        assert "GROQ_API_KEY is in the environment" in str(refused.value.hint)
        await house.desk.put("groq", "work", "gsk-one")
        await house.desk.put("groq", "home", "gsk-two")
        with pytest.raises(Conflict, match="work, home"):
            await house.desk.remove("groq", None)
        with pytest.raises(KeyNotFound) as refused:
            await house.desk.remove("groq", "hom")
        assert refused.value.near == ["home"]
        assert (await house.desk.remove("groq", "home"))["next"] == "vault"
        assert [one.name for one in house.ring.credentials("groq")] == ["work"]


async def test_a_damaged_vault_is_told_and_left_alone(folder: str) -> None:
    async with open_house(folder) as house:
        await house.desk.put("groq", "work", "gsk-one")
    file = Path(folder, "vault", FILE)
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    before = file.read_bytes()
    async with open_house(folder, environ=ENVIRON) as house:
        reply = await house.desk.all()
        assert reply["vault"]["state"] == "closed"
        assert reply["vault"]["reason"] and "damaged" in reply["vault"]["reason"]
        (line,) = house.desk.ills()
        assert (line["code"], line["severity"]) == ("vault.closed", "error") and line["fix"]
        assert (await house.desk.where("groq"))["items"][0]["reason"] == reply["vault"]["reason"]
        assert house.ring.credentials("groq")[0].name == "GROQ_API_KEY"
        for change in (house.desk.put("groq", "work", "gsk-two"), house.desk.remove("groq", "work")):
            with pytest.raises((VaultUnavailable, KeyNotFound)):
                await change
    assert file.read_bytes() == before


async def test_all_is_well_with_a_vault_that_is_open_or_not_there(folder: str) -> None:
    async with open_house(folder) as house:
        assert house.desk.ills() == []
        await house.desk.put("groq", "work", "gsk-one")
        assert house.desk.ills() == []


async def test_a_new_key_is_not_blamed_for_the_old_one(folder: str) -> None:
    async with open_house(folder) as house:
        await house.desk.put("groq", "work", "gsk-one")
        (key,) = house.ring.credentials("groq")
        house.health.refused("groq", key, KeyRejected("groq does not take this key.", upstream_status=401))
        assert (await house.desk.all())["items"][0]["reason"] == "groq does not take this key."
        await house.desk.put("groq", "work", "gsk-two")
        assert (await house.desk.all())["items"][0]["reason"] is None


async def test_keys_of_a_provider_that_is_gone_can_be_seen_and_removed(folder: str) -> None:
    async with open_house(folder) as house:
        await house.ring.put("gone", "work", "gsk-one")
        gone = (await house.desk.all())["items"][-1]
        assert (gone["provider"], gone["present"], gone["used"]) == ("gone", True, False)
        assert (await house.desk.where("gone"))["winner"] == "vault"
        await house.desk.remove("gone", None)
        with pytest.raises(ProviderNotFound):
            await house.desk.remove("gone", None)
