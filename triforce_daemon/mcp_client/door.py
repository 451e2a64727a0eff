"""Loads what speaks to mounted servers when there is one: its library takes a second and 25 MB."""

from triforce_daemon.mcp_client.link import Reach
from triforce_daemon.mcp_client.program import Programs
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.runtime.threads import in_thread


async def reaching(programs: Programs, outbound: Outbound, tasks: Tasks) -> Reach:
    """What reaches a server by its settings."""
    return await in_thread(_reaching, programs, outbound, tasks)


def _reaching(programs: Programs, outbound: Outbound, tasks: Tasks) -> Reach:
    from triforce_daemon.mcp_client.connecting import Reaching

    return Reaching(programs, outbound, tasks)
