"""Looks whether PostgreSQL answers, and whether the tables are this version's."""

import asyncpg

from triforce_daemon.stores.database import Finding
from triforce_daemon.stores.postgresql.address import Address
from triforce_daemon.stores.postgresql.connecting import connect
from triforce_daemon.stores.postgresql.failures import storage_failed
from triforce_daemon.stores.revisions import REVISIONS


async def examine(address: Address, patience: float) -> Finding:
    try:
        connection = await connect(address, patience)
        try:
            version = await connection.fetchval("SHOW server_version")
            there = await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL")
            revision = await connection.fetchval("SELECT version_num FROM alembic_version") if there else None
        finally:
            await connection.close(timeout=patience)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        failure = storage_failed(f"{address.name} cannot be asked", error)
        return "fail", failure.message, failure.hint
    words = f"{address.name} answers: PostgreSQL {version}"
    if revision is None:
        return "ok", f"{words}; its tables are made at the first start", None
    if revision not in REVISIONS:
        return "fail", f"{words}, with the tables of a newer version of triforce", "Install that version."
    return "ok", words, None
