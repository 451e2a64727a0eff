"""What tools need to read and look up things on the web."""

from collections.abc import Sequence

from triforce_daemon.assemble.ground import Ground
from triforce_daemon.services.web.fetch import Fetcher
from triforce_daemon.services.web.host_turns import HostTurns


def web(ground: Ground) -> Sequence[object]:
    """One fetcher for all of them: whoever asks, a host is asked by one at a time."""
    return (Fetcher(ground.world.outbound, HostTurns(ground.clock), ground.settings.web),)
