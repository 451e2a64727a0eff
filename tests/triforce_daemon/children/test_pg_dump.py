"""PostgreSQL's own program copies a database of a real server."""

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.postgresql import Postgresql
from triforce_daemon.children.pg_dump import PgDump, without_password
from triforce_daemon.errors import StorageFailed
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.postgresql.address import Address


def programs(server: Postgresql) -> str:
    """Those of the server's version."""
    return str(server._programs)  # pyright: ignore[reportPrivateUsage]


def of(server: Postgresql, database: str) -> tuple[str, str | None]:
    """The address and the password."""
    address = Address.of(server.url(database))
    return address.url, address.password


async def test_a_whole_database_is_copied_and_no_password_is_among_the_words(
    server: Postgresql, template: str, tmp_path: Path
) -> None:
    target = tmp_path / "dump"
    dump = PgDump(Tasks(), *of(server, template), programs(server))
    assert dump.installed
    await dump.dump(str(target))
    restore = shutil.which("pg_restore", path=programs(server))
    assert restore is not None
    listed = subprocess.run([restore, "--list", str(target)], capture_output=True, text=True, check=True).stdout
    assert "TABLE DATA public sessions" in listed and "TABLE DATA public audit" in listed
    assert stat.S_ISREG(target.stat().st_mode)


async def test_a_server_that_says_no_is_told_of(server: Postgresql, tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="does not exist"):
        await PgDump(Tasks(), *of(server, "nothing"), programs(server)).dump(str(tmp_path / "dump"))
    absent = PgDump(Tasks(), *of(server, "nothing"), str(tmp_path))
    assert not absent.installed
    with pytest.raises(StorageFailed, match="could not be started"):
        await absent.dump(str(tmp_path / "dump"))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://anna:s3cret@host/db", "postgresql://anna@host/db"),
        ("postgresql://anna:s3@cret@host:1/db?sslmode=require", "postgresql://anna@host:1/db?sslmode=require"),
        ("postgresql://anna@host/db?password=s3cret&sslmode=require", "postgresql://anna@host/db?sslmode=require"),
        ("postgresql://host/db?password=s3cret", "postgresql://host/db"),
        ("postgresql://host/db", "postgresql://host/db"),
    ],
)
def test_an_address_loses_its_password(url: str, shown: str) -> None:
    assert without_password(url) == shown
