"""The providers that a configuration asks for."""

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.assemble.places import Places
from triforce_daemon.assemble.world import World, doctor, world
from triforce_daemon.configuration import sources
from triforce_daemon.runtime.redaction import Redactor


def outside(home: str, **flags: str) -> World:
    environ = {"HOME": home}
    named = {name.replace("__", "."): value for name, value in flags.items()}
    configuration = sources.load(f"{home}/config.toml", environ, named)
    return world(configuration, Places.of(configuration, environ), environ, Redactor())


async def names(home: str, **flags: str) -> list[str]:
    found = outside(home, **flags)
    await found.close()
    return [provider.name for provider in found.providers]


async def test_the_embedded_model_comes_first_and_can_be_left_out(folder: str) -> None:
    assert (await names(folder))[:2] == ["builtin", "gemini"]
    assert "builtin" not in await names(folder, builtin__enabled="false")


async def test_a_provider_of_ones_own_is_one_more(folder: str) -> None:
    assert (await names(folder, providers__mine__base_url="http://127.0.0.1:1/v1"))[-1] == "mine"


async def test_one_that_is_switched_off_stays_to_be_switched_on(folder: str) -> None:
    found = outside(folder, providers__groq__enabled="false")
    (groq,) = [provider for provider in found.providers if provider.name == "groq"]
    assert groq.condition().state == "disabled"
    await found.close()


async def test_the_doctor_looks_at_the_same_house(served: ServedDaemon) -> None:
    found = outside(served.environ["HOME"])
    configuration = sources.load("/nowhere/config.toml", served.environ, {})
    checks = await doctor(configuration, served.places, served.environ, served.database, found).examine()
    await found.close()
    assert "database" in {check["id"].partition(".")[0] for check in checks["items"]}
