"""What every part of the daemon may stand on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from triforce_daemon.assemble.places import Places
from triforce_daemon.assemble.world import World
from triforce_daemon.configuration.sources import Configuration
from triforce_daemon.listeners.network import Network
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.runtime.recent_lines import RecentLines
from triforce_daemon.runtime.redaction import Redactor
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.settings import Settings
from triforce_daemon.stores.database import Database


@dataclass(frozen=True, slots=True)
class Ground:
    """The database is open; nothing has been asked of the world yet."""

    configuration: Configuration
    environ: Mapping[str, str]
    places: Places
    database: Database
    world: World
    lifecycle: Lifecycle
    network: Network = field(default_factory=Network)
    clock: Clock = field(default_factory=Clock)
    #: Keeps secrets out of the log.
    redactor: Redactor = field(default_factory=Redactor)
    #: The log, where it goes to standard error.
    recent: RecentLines = field(default_factory=RecentLines)

    @property
    def settings(self) -> Settings:
        return self.configuration.settings

    @property
    def tasks(self) -> Tasks:
        return self.world.tasks
