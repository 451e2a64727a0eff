"""When keys were used and tested is known from one start to the next, and never of another key."""

from tests.triforce_daemon.services.key_house import KeyHouse, open_house
from triforce_daemon.providers.condition import Condition
from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.wire.keys import Key


async def key_of(house: KeyHouse) -> Key:
    return (await house.desk.all())["items"][0]


async def test_uses_and_tests_are_kept(folder: str) -> None:
    async with open_house(folder) as house:
        await house.desk.put("groq", "work", "gsk-one")
        (key,) = house.ring.credentials("groq")
        assert (await key_of(house))["last_used"] is None
        house.ring.used("groq", key)
        await house.history.tested("groq", key, Condition("key-rejected", "Invalid key.", status=401))
        moment = rfc3339(house.clock.now_ms())
        expected = {"at": moment, "state": "key-rejected", "status": 401, "reason": "Invalid key."}
        assert ((await key_of(house))["last_used"], (await key_of(house))["last_test"]) == (moment, expected)
    async with open_house(folder) as house:
        assert ((await key_of(house))["last_used"], (await key_of(house))["last_test"]) == (moment, expected)


async def test_another_key_under_the_name_begins_anew(folder: str) -> None:
    async with open_house(folder) as house:
        await house.desk.put("groq", "work", "gsk-one")
        (key,) = house.ring.credentials("groq")
        house.ring.used("groq", key)
        await house.history.tested("groq", key, Condition("ok"))
        house.ring.used("groq", key)
        await house.desk.put("groq", "work", "gsk-two")
    async with open_house(folder) as house:
        key_now = await key_of(house)
        assert (key_now["last_used"], key_now["last_test"]) == (None, None)
