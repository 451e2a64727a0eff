"""What the doctor says of a PostgreSQL."""

from tests.postgresql import PASSWORD, Postgresql
from triforce_daemon.stores.postgresql.address import Address
from triforce_daemon.stores.postgresql.examine import examine


async def test_it_is_looked_at(server: Postgresql, template: str) -> None:
    status, words, fix = await examine(Address.of(server.url(template)), 5)
    assert (status, fix) == ("ok", None)
    assert words.startswith(f"postgresql://tester@127.0.0.1:{server.port}/{template} answers: PostgreSQL ")
    empty = server.new_database()
    assert (await examine(Address.of(server.url(empty)), 5))[1].endswith("at the first start")
    server.say("CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('9999')", empty)
    assert (await examine(Address.of(server.url(empty)), 5))[0] == "fail"


async def test_one_that_does_not_answer_is_told(server: Postgresql) -> None:
    status, words, fix = await examine(Address.of(server.url("missing")), 5)
    assert status == "fail" and "missing" in words and "createdb" in str(fix)
    assert PASSWORD not in words
