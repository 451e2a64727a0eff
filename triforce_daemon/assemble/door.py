"""What tells who is calling."""

from triforce_daemon.access.credentials import Credentials
from triforce_daemon.access.host_check import HostCheck, OriginCheck
from triforce_daemon.access.identification import Entrance, Identification
from triforce_daemon.access.local_users import LocalUsers
from triforce_daemon.access.proxy import TrustedProxy
from triforce_daemon.assemble.ground import Ground
from triforce_daemon.listeners.network import Network
from triforce_daemon.settings import Settings


def door(ground: Ground, credentials: Credentials) -> Identification:
    accounts = {name: table.account for name, table in ground.settings.local_users.items()}
    local = LocalUsers.of(accounts, credentials.users)
    return Identification(credentials, local, entrances(ground.network, ground.settings))


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
