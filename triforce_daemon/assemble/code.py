"""What the tools for source code need beside the files themselves."""

from collections.abc import Sequence

from triforce_daemon.assemble.ground import Ground
from triforce_daemon.children.linter import Linter
from triforce_daemon.services.code_lint import CodeLint
from triforce_daemon.services.code_runs import CodeRuns
from triforce_daemon.services.code_search import CodeSearch
from triforce_daemon.services.files import Files
from triforce_daemon.services.patches.patches import Patches
from triforce_daemon.services.project_tests.project_tests import ProjectTests
from triforce_daemon.services.repositories.authors import Authors


def code(ground: Ground, files: Files, runs: CodeRuns) -> Sequence[object]:
    sandbox = ground.world.sandbox
    return (
        *(CodeSearch(files), Patches(files, ground.tasks)),
        CodeLint(Linter(ground.environ, ground.tasks), sandbox),
        ProjectTests(files, runs, sandbox),
        Authors(ground.settings.authors),
    )
