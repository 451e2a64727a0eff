"""The one way to a connection."""

import asyncpg

from triforce_daemon.stores.postgresql.address import Address

#: How long it may take until there is a connection.
CONNECT_SECONDS = 5.0


async def connect(address: Address, patience: float) -> asyncpg.Connection:
    """`patience`: seconds that an answer may take. Raises what `failures.LOST` names, and asyncpg.PostgresError."""
    return await asyncpg.connect(
        address.url,
        password=address.password,
        timeout=min(CONNECT_SECONDS, patience),
        command_timeout=patience,
        server_settings={"application_name": "triforced", "timezone": "UTC"},
    )
