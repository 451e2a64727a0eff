"""An address of PostgreSQL: what a person may see of it, and where its password comes from."""

import pytest

from triforce_daemon.stores.postgresql.address import Address


@pytest.mark.parametrize(
    ("url", "name", "password"),
    [
        ("postgresql://anna:secret@db:5433/tri", "postgresql://anna@db:5433/tri", "secret"),
        ("postgresql://anna:s%2Fe%40c@db/tri?sslmode=require", "postgresql://anna@db/tri", "s/e@c"),
        ("postgresql:///tri?host=/run/postgresql", "postgresql:///tri?host=/run/postgresql", "file"),
        ("postgres://anna@[::1]/tri?password=secret", "postgresql://anna@[::1]/tri", "secret"),
        ("postgresql://db/tri", "postgresql://db/tri", "file"),
    ],
)
def test_what_it_says(url: str, name: str, password: str) -> None:
    address = Address.of(url, "file")
    assert (address.name, address.password) == (name, password)
    assert "secret" not in repr(address)
