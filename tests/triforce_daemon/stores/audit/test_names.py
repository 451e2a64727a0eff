"""Digests of names: the same for the same person, telling nothing by themselves, and forgotten with their salt."""

from tests.triforce_daemon.stores.audit.chains import DAY, House
from triforce_daemon.stores.audit.names import Names, digest_of


async def test_a_person_has_one_digest_in_a_chain_and_another_one_in_another(house: House) -> None:
    names = house.names
    first = await names.account("user/a1", 1)
    assert await names.account("user/a1", 2) == first
    assert await names.account("user/b1", 2) != first
    again = Names(house.database, house.chain.name)
    await again.load()
    assert await again.account("user/a1", 3) == first
    assert await Names(house.database, "another").account("user/a1", 3) != first
    assert await names.account(None, 3) is None


async def test_a_digest_is_of_a_salt_and_a_name(house: House) -> None:
    digest = await house.names.account("user/a1", 1)
    assert digest is not None
    row = (await house.names.rows([digest]))[digest]
    assert row["name"] == "user/a1" and digest_of(row["salt"], row["name"]) == digest
    assert digest_of(row["salt"], "user/b1") != digest != digest_of("00" * 16, "user/a1")


async def test_addresses_have_another_digest_each_day_and_for_each_person(house: House) -> None:
    names = house.names
    anna, ben = await names.account("user/anna", 1), await names.account("user/ben", 1)
    digests = [await names.address("192.0.2.1", owner, at) for owner in (anna, ben, None) for at in (1, DAY)]
    assert len(set(digests)) == 6
    assert await names.address("192.0.2.1", None, DAY) == digests[-1]
    assert await names.address(None, anna, 1) is None
    assert len(await names.of_account("user/anna")) == 3
    await names.forget_addresses(DAY)
    assert len(await names.of_account("user/anna")) == 2


async def test_who_is_erased_takes_his_addresses_with_him(house: House) -> None:
    names = house.names
    anna = await names.account("user/anna", 1)
    address = await names.address("192.0.2.1", anna, 1)
    others = await names.account("user/ben", 1)
    known = await names.of_account("user/anna")
    assert set(known) == {anna, address}
    await house.database.write(*names.erase("user/anna", known))
    assert set(await names.of_chain(house.chain.name)) == {others}
    assert await names.account("user/anna", 2) is None
