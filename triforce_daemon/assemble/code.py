"""What the tools for source code need beside the files themselves."""

from collections.abc import Sequence

from triforce_daemon.services.code_search import CodeSearch
from triforce_daemon.services.files import Files


def code(files: Files) -> Sequence[object]:
    return (CodeSearch(files),)
