"""The tools, bound to the parts that they need."""

from collections.abc import Iterable
from dataclasses import dataclass

from triforce_daemon.assemble.ground import Ground
from triforce_daemon.services.tool_journal import ToolJournal
from triforce_daemon.services.tools import ToolDesk
from triforce_daemon.stores.approvals import ApprovalStore
from triforce_daemon.toolbox.approvals import Approvals
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.declaration import tools_of
from triforce_daemon.toolbox.entry import bind
from triforce_daemon.toolbox.runner import Runner
from triforce_daemon.toolbox.toolsets import Toolsets
from triforce_daemon.tools import core, utilities

#: A file each; the order is that of `triforce tools list`.
CATEGORIES = (core, utilities)


@dataclass(frozen=True, slots=True)
class Tools:
    catalog: Catalog
    toolsets: Toolsets
    approvals: Approvals
    runner: Runner
    desk: ToolDesk

    @property
    def parts(self) -> tuple[object, ...]:
        """What the routes need of it."""
        return self.catalog, self.toolsets, self.approvals, self.runner, self.desk


def tools(ground: Ground, provided: Iterable[object]) -> Tools:
    """Raises LookupError where a tool needs a part that is not among `provided`."""
    settings = ground.settings.tools
    catalog = Catalog([])
    toolsets = Toolsets(catalog, {name: own.tools for name, own in ground.settings.toolsets.items()})
    approvals = Approvals(ApprovalStore(ground.database), ground.clock, settings.approval_minutes)
    runner = Runner(catalog, approvals, ToolJournal(), ground.clock)
    desk = ToolDesk(catalog, toolsets, runner)
    own = Tools(catalog, toolsets, approvals, runner, desk)
    parts: dict[type, object] = {type(part): part for part in (*provided, *own.parts)}
    for category in CATEGORIES:
        for function in tools_of(category):
            catalog.add(bind(function, parts.__getitem__))
    return own
