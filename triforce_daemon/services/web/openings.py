"""How far a URL of somebody else's may lead: into the public internet, and where the owner has opened something."""

from collections.abc import Iterable
from urllib.parse import urldefrag, urlsplit

from triforce_daemon.addresses import opening
from triforce_daemon.errors import AddressRefused, InvalidRequest, UpstreamFailed
from triforce_daemon.outbound import target
from triforce_daemon.outbound.reach import Opened, Reach
from triforce_daemon.outbound.target import Target

#: What browsers and servers take; nobody writes longer ones by hand.
LONGEST_URL = 2_000
#: Below this, other protocols have their places, whose servers would read what is sent in their own way.
_OTHER_PROTOCOLS = 1_024
_WEB = (80, 443)


class Openings:
    def __init__(self, allowed: Iterable[str] = ()) -> None:
        """`allowed`: as in the setting web.allow."""
        self._all = [opening(text) for text in allowed]

    def reach(self, goal: Target) -> Reach:
        """How far a request to `goal` may go; its addresses are looked at when it is connected to.

        Raises AddressRefused for a port of another protocol's.
        """
        host = goal.host.lower().rstrip(".")
        fitting = [one for one in self._all if one.port in (None, goal.port)]
        if any(one.name == host for one in fitting):
            return "configured"
        if goal.port < _OTHER_PROTOCOLS and goal.port not in _WEB and all(one.port is None for one in fitting):
            raise AddressRefused(
                f"Port {goal.port} is none of the web's, and is not asked.", "The owner opens a port in web.allow."
            )
        networks = tuple(one.network for one in fitting if one.network is not None)
        return Opened(networks) if networks else "public"


def checked(url: str) -> tuple[str, Target]:
    """A URL of somebody else's, without its fragment, and its parts.

    Raises InvalidRequest for what is none, AddressRefused for one that holds a user's name.
    """
    if len(url) > LONGEST_URL:
        raise InvalidRequest(f"That URL is longer than {LONGEST_URL:,} characters.", None)
    try:
        url = urldefrag(url.strip()).url
        goal = target.parse(url) if url.isprintable() else None
        named = urlsplit(url).username is not None
    except (UpstreamFailed, ValueError):
        goal, named = None, False
    if goal is None:
        raise InvalidRequest("That is no http or https URL.", "Write it as https://host/path.")
    if named:
        raise AddressRefused("The URL holds a user's name, and is not asked.", "Write it without what stands before @.")
    return url, goal
