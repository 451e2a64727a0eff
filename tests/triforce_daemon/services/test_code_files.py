"""Source files by lines, made and edited, in a workspace."""

import os

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.access.caller import Caller
from triforce_daemon.services.code_edits import Edit
from triforce_daemon.services.code_files import CodeFiles
from triforce_daemon.services.files import Place


async def test_templates_stand_above(served: ServedDaemon, folder: str) -> None:
    code, me = served.parts.get(CodeFiles), Caller(kind="owner", name="me", uid=os.getuid())
    os.mkdir(f"{folder}/project")

    def at(path: str) -> Place:
        return Place(me, path, f"{folder}/project")

    for path, template, first in (
        ("a.py", "module", '"""a."""'),
        ("test_a.py", "test", '"""Tests of a."""'),
        ("run.sh", "script", "#!/usr/bin/env bash"),
        ("b.py", "empty", "x = 1"),
        ("c.txt", "module", "x = 1"),
    ):
        await code.create(at(path), "x = 1\n", template)  # type: ignore[arg-type]
        assert (await code.lines(at(path), 1, 1, 100)).text == f"{first}\n"
    assert os.stat(f"{folder}/project/run.sh").st_mode & 0o777 == 0o755
    tried = await code.edit(at("b.py"), Edit("append", new_text="y ="), None, dry_run=True)
    assert tried.written is None and tried.syntax_ok is False and "+y =" in tried.diff
    cut = await code.lines(at("a.py"), 2, None, 3)
    assert (cut.lines, cut.text, cut.truncated) == (3, "\nx ", True)
