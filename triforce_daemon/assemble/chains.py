"""Models that work in the background: chains and workflows."""

import socket
from collections.abc import Sequence

from triforce_daemon.assemble.ground import Ground
from triforce_daemon.assemble.tool_services import Provided
from triforce_daemon.services.asking.extraction import Extraction
from triforce_daemon.services.chains.chains import Chains
from triforce_daemon.services.chains.cycles import Cycles
from triforce_daemon.services.chains.records import ChainRecords
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.services.turns import Turns
from triforce_daemon.services.workflows import Workflows
from triforce_daemon.stores.chains import ChainStore


async def chain_records(ground: Ground) -> ChainRecords:
    """What this daemon worked on when it ended was interrupted; what is too old begins to be forgotten."""
    daemon = f"{socket.gethostname()}:{ground.places.socket}"
    records = ChainRecords(ChainStore(ground.database), ground.clock, daemon, ground.settings.jobs.keep_days)
    await records.recover()
    ground.tasks.start(records.forget_old(), "old chains")
    return records


def chains(ground: Ground, part: Provided) -> Sequence[object]:
    """They call tools as a turn does."""
    turns, jobs = part(Turns), part(Jobs)
    cycles = Cycles(turns.loop, part(Extraction), ground.clock)
    return (
        Chains(part(ChainRecords), cycles, turns.offers, jobs, ground.lifecycle),
        Workflows(ground.settings.workflows, turns.loop, turns.offers, jobs, ground.clock),
    )
