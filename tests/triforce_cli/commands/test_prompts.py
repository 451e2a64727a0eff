"""`triforce prompts`: kept, written in an editor, filled, forgotten."""

import json
from pathlib import Path
from typing import Any

from tests.triforce_cli.conftest import Spawn, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import NOW

REVIEW: dict[str, Any] = {
    "name": "review", "version": 2, "tags": ["work"], "size": 20, "variables": ["language", "input"], "updated": NOW,
    "schema": "triforce.prompts.show/1", "content": "Review {{language}}: {{input}}", "versions": [1, 2],
}  # fmt: skip
RENDERED = {"schema": "s/1", "name": "review", "version": 2, "text": "Review C: {{input}}", "missing": ["input"]}


def test_list(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    reply = {"schema": "triforce.prompts.list/1", "items": [REVIEW], "next": None}
    fake_daemon.answers("GET", "/v1/prompts", reply)
    assert triforce("prompts", "list", "-q").out == "review\n"
    assert json.loads(triforce("prompts", "list", "--tag", "work", "--json").out) == reply
    assert fake_daemon.asked[-1].query == {"tag": "work"}


def test_show(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("GET", "/v1/prompts/review", REVIEW)
    assert triforce("prompts", "show", "review").out == "Review {{language}}: {{input}}\n"
    triforce("prompts", "show", "review", "--revision", "1")
    assert fake_daemon.asked[-1].query == {"version": "1"}


def test_set(fake_daemon: FakeDaemon, triforce: Triforce, tmp_path: Path) -> None:
    fake_daemon.answers("PUT", "/v1/prompts/review", REVIEW)
    done = triforce("prompts", "set", "review", "Hello {{name}}", "--tag", "a", "--tag", "b")
    assert "version 2, with the gaps language, input" in done.err
    assert fake_daemon.asked[-1].body == {"content": "Hello {{name}}", "tags": ["a", "b"]}
    (tmp_path / "text").write_text("from a file", "utf-8")
    triforce("prompts", "set", "review", f"@{tmp_path}/text")
    assert fake_daemon.asked[-1].body == {"content": "from a file"}


def test_set_from_standard_input(fake_daemon: FakeDaemon, spawn: Spawn) -> None:
    fake_daemon.answers("PUT", "/v1/prompts/review", REVIEW)
    assert spawn("prompts", "set", "review", stdin="piped").status == 0
    assert fake_daemon.asked[-1].body == {"content": "piped"}


def editor(folder: Path, text: str) -> str:
    """A program that replaces what it is given to edit by `text`."""
    path = folder / "editor"
    path.write_text(f'#!/bin/sh\ncat "$1" > {folder}/before; printf %s {text!r} > "$1"\n', "utf-8")
    path.chmod(0o755)
    return str(path)


def test_edit(fake_daemon: FakeDaemon, spawn: Spawn, tmp_path: Path) -> None:
    fake_daemon.answers("GET", "/v1/prompts/review", REVIEW)
    fake_daemon.answers("PUT", "/v1/prompts/review", REVIEW)
    assert spawn("prompts", "edit", "review", EDITOR=editor(tmp_path, "other")).status == 0
    assert (tmp_path / "before").read_text("utf-8") == REVIEW["content"]
    assert fake_daemon.asked[-1].body == {"content": "other"}


def test_edit_one_that_is_not_there_yet(fake_daemon: FakeDaemon, spawn: Spawn, tmp_path: Path) -> None:
    fake_daemon.refuses("GET", "/v1/prompts/fresh", 404, "prompt_not_found")
    fake_daemon.answers("PUT", "/v1/prompts/fresh", REVIEW)
    assert spawn("prompts", "edit", "fresh", EDITOR=editor(tmp_path, "text")).status == 0
    assert (tmp_path / "before").read_text("utf-8") == ""
    emptied = spawn("prompts", "edit", "fresh", EDITOR=editor(tmp_path, ""))
    assert emptied.status == 2 and fake_daemon.asked[-1].method == "GET"


def test_render(fake_daemon: FakeDaemon, triforce: Triforce, tmp_path: Path) -> None:
    fake_daemon.answers("POST", "/v1/prompts/review/render", RENDERED)
    (tmp_path / "x").write_text("of a file", "utf-8")
    done = triforce("prompts", "render", "review", "language=C", f"more=@{tmp_path}/x", "--revision", "2")
    assert done.out == "Review C: {{input}}\n" and "Not given: input" in done.err
    assert fake_daemon.asked[-1].body == {"variables": {"language": "C", "more": "of a file"}, "version": 2}
    assert triforce("prompts", "render", "review", "language").status == 2


def test_delete_asks(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("DELETE", "/v1/prompts/review", {"schema": "s/1", "name": "review", "versions": 2})
    assert triforce("prompts", "delete", "review").status == 6
    assert "Deleted review, 2 versions." in triforce("prompts", "delete", "review", "--yes").err
