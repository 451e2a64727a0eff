"""The tools, bound to the parts that they need."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from triforce_daemon.assemble.administration import administration
from triforce_daemon.assemble.chains import chains as chaining
from triforce_daemon.assemble.ground import Ground
from triforce_daemon.assemble.shelving import fill
from triforce_daemon.assemble.tool_services import Provided, services
from triforce_daemon.mcp_server.desk import McpDesk
from triforce_daemon.mcp_server.fast_lane import FastLane
from triforce_daemon.mcp_server.shelf import Shelf
from triforce_daemon.mcp_server.views import Views
from triforce_daemon.services.mcp_servers.mounts import McpMounts
from triforce_daemon.services.tool_journal import ToolJournal
from triforce_daemon.services.tools import ToolDesk
from triforce_daemon.stores.approvals import ApprovalStore
from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.toolbox.approvals import Approvals
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.declaration import tools_of
from triforce_daemon.toolbox.entry import bind
from triforce_daemon.toolbox.runner import Runner
from triforce_daemon.toolbox.toolsets import Toolsets
from triforce_daemon.tools import approvals as approval_tools
from triforce_daemon.tools import backups as backup_tools
from triforce_daemon.tools import chains as chain_tools
from triforce_daemon.tools import documents as document_tools
from triforce_daemon.tools import files, git, jobs, keys, memory, ollama, prompts, search, sessions, utilities, web
from triforce_daemon.tools import logs as log_tools
from triforce_daemon.tools import vision as vision_tools
from triforce_daemon.tools.admin import changing as admin_changing
from triforce_daemon.tools.admin import examining as admin_examining
from triforce_daemon.tools.admin import looking as admin_looking
from triforce_daemon.tools.admin import shell as admin_shell
from triforce_daemon.tools.code import changing, checking, reading, running
from triforce_daemon.tools.core import answers, looking

#: The files; the order is that of `triforce tools list`.
CATEGORIES = (
    *(answers, looking, reading, changing, checking, running),
    *(memory, ollama, prompts, keys, jobs, sessions, git, files, search, web, utilities),
    *(vision_tools, document_tools),
    *(log_tools, approval_tools),
    chain_tools,
    *(admin_looking, admin_changing, admin_shell, admin_examining),
    *(backup_tools,),
)


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What tools are run by; the tools themselves come last, for they need all else, and a chat may call them."""

    catalog: Catalog
    toolsets: Toolsets
    approvals: Approvals
    runner: Runner


def toolbox(ground: Ground, trail: Trail) -> Toolbox:
    """Still without tools."""
    settings = ground.settings
    catalog = Catalog([])
    toolsets = Toolsets(catalog, {name: own.tools for name, own in settings.toolsets.items()})
    approvals = Approvals(
        *(ApprovalStore(ground.database), ground.clock, settings.tools.approval_minutes),
        each=lambda tool: any(entry.declared.each for entry in catalog if entry.name == tool),
    )
    return Toolbox(catalog, toolsets, approvals, Runner(catalog, approvals, ToolJournal(trail), ground.clock))


@dataclass(frozen=True, slots=True)
class Tools:
    box: Toolbox
    desk: ToolDesk
    shelf: Shelf

    @property
    def parts(self) -> tuple[object, ...]:
        """What tools and routes need of it."""
        box = self.box
        return box.catalog, box.toolsets, box.approvals, box.runner, self.desk, self.shelf

    def mcp(self, ground: Ground, mounts: McpMounts) -> tuple[FastLane, McpDesk]:
        """What serves all of it by MCP."""
        views, limit = Views(self.box.catalog, self.box.toolsets), ground.settings.daemon.max_body_bytes
        runner = self.box.runner
        return FastLane(views, runner), McpDesk(views, runner, self.shelf, ground.tasks, mounts, limit)


def tools(ground: Ground, box: Toolbox, provided: Iterable[object]) -> Tools:
    """Raises LookupError where a tool needs a part that is not among `provided`."""
    own = Tools(box, ToolDesk(box.catalog, box.toolsets, box.runner), Shelf())
    parts: dict[type, object] = {type(part): part for part in (*provided, *own.parts)}
    for made in (services, administration, chaining):
        parts |= {type(part): part for part in made(ground, cast(Provided, parts.__getitem__))}
    fill(own.shelf, box.catalog, cast(Provided, parts.__getitem__))
    for category in CATEGORIES:
        for function in tools_of(category):
            box.catalog.add(bind(function, parts.__getitem__))
    return own
