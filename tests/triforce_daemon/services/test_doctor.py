"""The doctor finds what is broken, says how to mend it, and changes nothing."""

import os
from pathlib import Path

import pytest

from tests.triforce_daemon.played_provider import PlayedProvider, scripted
from tests.triforce_daemon.services.key_house import NoKeyring
from triforce_daemon.children.confinement import Hidden
from triforce_daemon.children.sandbox import Availability, Sandbox
from triforce_daemon.providers.condition import Condition
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.doctor import Doctor
from triforce_daemon.stores.sqlite.database import SqliteDatabase
from triforce_daemon.stores.vault.entries import Entry
from triforce_daemon.stores.vault.vault import FILE, Vault


def doctor(folder: str, provider: PlayedProvider | None = None, **environ: str) -> Doctor:
    return Doctor(
        config_file=os.path.join(folder, "config.toml"),
        environ=environ,
        database=SqliteDatabase(os.path.join(folder, "state", "triforce.db"), "normal", 1),
        folder=os.path.join(folder, "state"),
        providers=[provider or scripted()],
        vault=Vault(os.path.join(folder, "vault"), "file", NoKeyring(), None),
        sandbox=Sandbox(Tasks(), Hidden(), programs=os.path.join(folder, "programs")),
    )


async def found(doctor: Doctor) -> dict[str, dict]:
    return {check["id"]: dict(check) for check in (await doctor.examine())["items"]}


async def test_a_fresh_home_is_well(folder: str) -> None:
    checks = await found(doctor(folder))
    # There is no bubblewrap in its folder of programs.
    assert checks.pop("sandbox.confines")["status"] == "warn"
    assert {check["status"] for check in checks.values()} == {"ok"}
    assert os.listdir(folder) == []


async def test_a_broken_file_is_named_with_its_line(folder: str) -> None:
    with open(os.path.join(folder, "config.toml"), "w", encoding="utf-8") as file:
        file.write("[log]\nlevel = 'loud'\n")
    check = (await found(doctor(folder)))["config.valid"]
    assert check["status"] == "fail"
    assert "line 2" in check["summary"]


async def test_a_broken_database_is_found(folder: str) -> None:
    os.mkdir(os.path.join(folder, "state"))
    with open(os.path.join(folder, "state", "triforce.db"), "wb") as file:
        file.write(b"this is no database" * 500)
    check = (await found(doctor(folder)))["database.whole"]
    assert (check["status"], bool(check["fix"])) == ("fail", True)


async def test_a_provider_tells_why_it_cannot(folder: str) -> None:
    provider = scripted()
    for name in provider.names:
        provider.conditions[name] = Condition("down", "no AVX2", "Use another machine.")
    check = (await found(doctor(folder, provider)))["provider.scripted"]
    assert (check["status"], check["summary"], check["fix"]) == ("fail", "scripted: no AVX2", "Use another machine.")
    provider.conditions["large"] = Condition("absent")
    assert (await found(doctor(folder, provider)))["provider.scripted"]["status"] == "warn"


async def test_a_provider_over_the_network_is_not_asked(folder: str) -> None:
    provider = scripted()
    provider.refresh_seconds = 60
    check = (await found(doctor(folder, provider)))["provider.scripted"]
    assert (check["status"], check["summary"]) == ("ok", "scripted: ready to be asked")
    provider.conditions[""] = Condition("no-key", "There is no key.", "`triforce keys set scripted`")
    check = (await found(doctor(folder, provider)))["provider.scripted"]
    assert (check["status"], check["fix"]) == ("ok", "`triforce keys set scripted`")


async def test_a_vault_that_does_not_open_is_found(folder: str) -> None:
    examined = doctor(folder)
    await examined.vault.put(Entry("groq", "default", "gsk-one"))
    assert (await found(examined))["vault.open"]["summary"].endswith("is open: 1 key")
    Path(folder, "vault", FILE).write_bytes(b"damaged")
    await examined.vault.open()
    check = (await found(examined))["vault.open"]
    assert (check["status"], bool(check["fix"])) == ("fail", True)


async def test_whether_code_can_be_confined(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    examined = doctor(folder)
    check = (await found(examined))["sandbox.confines"]
    assert check["summary"] == "no tool can run code: bubblewrap is not installed"
    assert "apt install bubblewrap" in check["fix"]

    async def available() -> Availability:
        return Availability(True)

    monkeypatch.setattr(examined.sandbox, "availability", available)
    check = (await found(examined))["sandbox.confines"]
    assert (check["status"], check["fix"]) == ("ok", None)
