"""The one way to a connection, and to its end."""

import asyncpg

from triforce_daemon.stores.postgresql.address import Address

#: How long it may take until there is a connection.
CONNECT_SECONDS = 5.0

#: A daemon whose machine has died is known to be gone within 25 s.
_KEEPALIVE = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}


async def connect(address: Address, patience: float) -> asyncpg.Connection:
    """`patience`: seconds that an answer may take. Raises what `failures.LOST` names, and asyncpg.PostgresError."""
    return await asyncpg.connect(
        address.url,
        password=address.password,
        timeout=min(CONNECT_SECONDS, patience),
        command_timeout=patience,
        server_settings={"application_name": "triforced", "timezone": "UTC", **_KEEPALIVE},
    )


async def end(connection: asyncpg.Connection) -> None:
    """In order, where PostgreSQL still listens; else at once."""
    try:
        await connection.close(timeout=1)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        connection.terminate()
