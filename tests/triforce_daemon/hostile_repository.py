"""Git repositories for tests: an ordinary one, and one that runs something wherever git lets it."""

import os
import subprocess
from collections.abc import Mapping

_ENVIRON = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    **{
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Ada"), ("EMAIL", "a@b"))
    },
}
#: Each runs a command whose name is put in.
_SETTINGS = """
[core]
\tfsmonitor = {run} fsmonitor
\tpager = {run} pager
\teditor = {run} editor
\tsshCommand = {run} ssh
\thooksPath = {hooks}
\talternateRefsCommand = {run} alternates
[diff]
\texternal = {run} external
[diff "evil"]
\tcommand = {run} diff
\ttextconv = {run} textconv
[filter "evil"]
\tclean = {run} clean
\tsmudge = {run} smudge
\tprocess = {run} process
[merge "evil"]
\tdriver = {run} merge
[gpg]
\tprogram = {run} gpg
[commit]
\tgpgSign = true
[credential]
\thelper = !{run} credential
[alias]
\tstatus = !{run} alias
[include]
\tpath = {include}
[remote "origin"]
\turl = ext::{run} remote
\tfetch = +refs/heads/*:refs/remotes/origin/*
\tpromisor = true
"""
_HOOKS = ("pre-commit", "commit-msg", "post-commit", "post-checkout", "post-index-change", "reference-transaction")


def git(folder: str, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, env=_ENVIRON, check=True, capture_output=True, text=True).stdout


def repository(folder: str, files: Mapping[str, str] | None = None) -> str:
    """One commit on `main`; the folder."""
    os.makedirs(folder)
    git(folder, "init", "-q", "-b", "main")
    write(folder, files or {"a.txt": "one\n", "b.txt": "two\n"})
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def write(folder: str, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        os.makedirs(os.path.dirname(f"{folder}/{path}"), exist_ok=True)
        with open(f"{folder}/{path}", "w") as file:
            file.write(text)


def poisoned(folder: str, marks: str) -> None:
    """Let everything in the repository that can run something leave a file in the folder `marks`."""
    os.mkdir(marks)
    run = f"{marks}.sh"
    script(run, f'touch "{marks}/$1"; cat')
    for place in (f"{folder}/.git/hooks", f"{marks}.hooks"):
        os.makedirs(place, exist_ok=True)
        for name in _HOOKS:
            script(f"{place}/{name}", f"touch {marks}/hook-{name}")
    with open(f"{marks}.include", "w") as file:
        file.write(f"[core]\n\tfsmonitor = {run} included\n")
    with open(f"{folder}/.git/config", "a") as file:
        file.write(_SETTINGS.format(run=run, hooks=f"{marks}.hooks", include=f"{marks}.include"))
    with open(f"{folder}/.git/info/attributes", "w") as file:
        file.write("* filter=evil diff=evil merge=evil\n")


def script(path: str, words: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o755), "w") as file:
        file.write(f"#!/bin/sh\n{words}\n")
