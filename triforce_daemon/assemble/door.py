"""What tells who is calling."""

from collections.abc import Sequence

from triforce_daemon.access.host_check import HostCheck, OriginCheck
from triforce_daemon.access.identification import Entrance, Identification
from triforce_daemon.access.proxy import TrustedProxy
from triforce_daemon.access.tokens import Tokens
from triforce_daemon.assemble.ground import Ground
from triforce_daemon.listeners.network import Network
from triforce_daemon.services.tokens import TokenDesk
from triforce_daemon.settings import Settings
from triforce_daemon.stores.tokens import TokenStore


async def door(ground: Ground) -> Sequence[object]:
    """The tokens are loaded; when each was last used begins to be written down."""
    tokens = Tokens(TokenStore(ground.database), ground.clock)
    await tokens.load()
    ground.tasks.start(tokens.keep_last_used(), "token use")
    return tokens, TokenDesk(tokens, ground.clock), Identification(tokens, entrances(ground.network, ground.settings))


def entrances(network: Network, settings: Settings) -> dict[str, Entrance]:
    """What each listener on the network asks of a request before it asks who sent it."""
    found: dict[str, Entrance] = {}
    if network.http is not None:
        place, http = network.http.place, settings.http
        found["http"] = Entrance(
            OriginCheck("http", http.origins, local=True),
            HostCheck(place.host, place.port, http.hosts),
            TrustedProxy(http.trusted_hops) if http.behind_proxy else None,
        )
    if network.https is not None:
        found["https"] = Entrance(OriginCheck("https", settings.https.origins))
    return found
