"""What clients of MCP may read beside calling tools."""

from collections.abc import Callable

from triforce_daemon.access.caller import Caller
from triforce_daemon.assemble.tool_services import Provided
from triforce_daemon.mcp_server.kept_prompts import KeptPrompts
from triforce_daemon.mcp_server.log_resources import LogResources
from triforce_daemon.mcp_server.memory_resources import MemoryResources
from triforce_daemon.mcp_server.prompt_resources import PromptResources
from triforce_daemon.mcp_server.session_resources import SessionResources
from triforce_daemon.mcp_server.shelf import Shelf
from triforce_daemon.services.logs.reader import LogReader
from triforce_daemon.services.memory import Memories
from triforce_daemon.services.memory_search import MemorySearch
from triforce_daemon.services.prompts import Prompts
from triforce_daemon.services.sessions import Sessions
from triforce_daemon.toolbox.admission import may
from triforce_daemon.toolbox.catalog import Catalog


def fill(shelf: Shelf, catalog: Catalog, part: Provided) -> None:
    """Put everything on the shelf. Who may read something is who may call the tool that reads it."""

    def as_by(tool: str) -> Callable[[Caller], bool]:
        return lambda caller: may(caller, catalog.find(tool))

    kept = part(Prompts)
    shelf.resources += [
        SessionResources(part(Sessions)),
        MemoryResources(part(Memories), part(MemorySearch), as_by("memory_get")),
        PromptResources(kept, as_by("prompt_get")),
        LogResources(part(LogReader), as_by("logs")),
    ]
    shelf.prompts.append(KeptPrompts(kept, as_by("prompt_render")))
