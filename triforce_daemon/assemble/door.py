"""What tells who is calling."""

from collections.abc import Sequence

from triforce_daemon.access.host_check import HostCheck
from triforce_daemon.access.identification import Identification
from triforce_daemon.access.tokens import Tokens
from triforce_daemon.assemble.ground import Ground
from triforce_daemon.services.tokens import TokenDesk
from triforce_daemon.stores.tokens import TokenStore


async def door(ground: Ground) -> Sequence[object]:
    """The tokens are loaded; when each was last used begins to be written down."""
    http, settings = ground.http, ground.settings.http
    tokens = Tokens(TokenStore(ground.database), ground.clock)
    await tokens.load()
    ground.tasks.start(tokens.keep_last_used(), "token use")
    host_check = HostCheck(http.host, http.port, settings.hosts, settings.origins) if http else None
    return tokens, TokenDesk(tokens, ground.clock), Identification(tokens, host_check)
