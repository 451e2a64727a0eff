"""What the tools for source code need beside the files themselves."""

from collections.abc import Sequence

from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.code_search import CodeSearch
from triforce_daemon.services.files import Files
from triforce_daemon.services.patches.patches import Patches


def code(files: Files, tasks: Tasks) -> Sequence[object]:
    return CodeSearch(files), Patches(files, tasks)
