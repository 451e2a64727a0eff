"""Takes over a changed configuration while the daemon runs, without a pause for anybody."""

import asyncio
import logging
from collections.abc import Callable, Mapping

from triforce_daemon.configuration import sources
from triforce_daemon.configuration.keys import at_once_sections, file_only
from triforce_daemon.configuration.takeover import Takeover, Wanted, below, takeover
from triforce_daemon.errors import Forbidden, TriforceError
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.services.settings_desk import SettingsDesk
from triforce_daemon.settings import Settings
from triforce_daemon.wire.config import ChangedSetting, Reloaded

log = logging.getLogger(__name__)

#: Makes the parts of the daemon that a section is about what the settings say now. Never waits, never fails.
Taker = Callable[[Settings], None]


class Reload:
    def __init__(
        self, desk: SettingsDesk, environ: Mapping[str, str], takers: Mapping[str, Taker], look: Callable[[], None]
    ) -> None:
        """`takers`: one for each section of which something holds at once. `look`: at files that the settings name."""
        if lacking := at_once_sections() ^ takers.keys():
            raise ValueError(f"what is said to hold at once, and what does, differs: {lacking}")
        self._desk = desk
        self._environ = environ
        self._takers = takers
        self._look = look
        self._one_at_a_time = asyncio.Lock()

    async def whole(self) -> Reloaded:
        """Read everything anew. Raises ConfigurationInvalid that names line and key; all stays as it was then."""
        running = self._desk.configuration
        async with self._one_at_a_time:
            fresh = await in_thread(sources.load, running.file, self._environ, running.flags)
            done = self._take(fresh)
        self._look()
        log.info("configuration reloaded", extra={"taken": done.taken, "restart": done.waiting})
        return Reloaded(schema="triforce.daemon.reload/1", file=running.file, taken=done.taken, restart=done.waiting)

    async def at_a_signal(self) -> None:
        """As `whole`; what is wrong stands in the log, for nobody waits for an answer."""
        try:
            await self.whole()
        except TriforceError as error:
            log.error(error.message, extra={"hint": error.hint, "configuration": "as before"})

    async def put(self, name: str, value: object) -> ChangedSetting:
        """Write a setting, and take it over. Raises Forbidden for what stands in the file alone, and as
        `SettingsDesk.put` does."""
        self._check_may_be_asked_for(name)
        changed = await in_thread(self._desk.put, name, value)
        return await self._changed(name, changed)

    async def remove(self, name: str) -> ChangedSetting:
        """Take a setting or a table out of the file, and go on without. Raises as `put` does."""
        self._check_may_be_asked_for(name)
        changed = await in_thread(self._desk.remove, name)
        return await self._changed(name, changed)

    async def written(self, place: str) -> Takeover:
        """The file has something new at `place`, a setting or a table: take that over, and nothing else."""
        running = self._desk.configuration
        async with self._one_at_a_time:
            # What is wrong elsewhere in the file is no reason to go on as before here.
            fresh = await in_thread(sources.load_what_is_right, running.file, self._environ, running.flags)
            return self._take(fresh, below(place))

    async def _changed(self, name: str, changed: ChangedSetting) -> ChangedSetting:
        changed["restart"] = bool((await self.written(name)).waiting)
        return changed

    def _check_may_be_asked_for(self, name: str) -> None:
        # Whoever could set which programs are started would run what he likes: no request does, whoever sends it.
        if file_only(name):
            file = self._desk.configuration.file
            raise Forbidden(
                f"No request changes {name}.", f"Write it in {file} yourself, then `triforce daemon reload`."
            )

    def _take(self, fresh: sources.Configuration, wanted: Wanted = lambda _: True) -> Takeover:
        done = takeover(self._desk.configuration, fresh, wanted)
        self._desk.configuration = done.configuration
        for section in done.sections:
            self._takers[section](done.configuration.settings)
        return done
