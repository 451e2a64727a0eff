"""Who may do what with whose by tools: some things have no route of their own, and no tool is a way around a route."""

import re
from typing import Any

import pytest

from tests.triforce_daemon.routes.annas_things import ROLES, ask_as, things
from tests.triforce_daemon.routes.test_policy_lattice import KEPT, LATTICE
from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.toolbox.catalog import Catalog

#: For each tool that is told whose thing is meant, in this order: what comes of it. `no`: he may call no tools; `none`:
#: there is no such thing; `ask`: somebody has to agree first, which people have done with their call, and no token can.
LATTICE_OF_TOOLS: dict[str, tuple[str, ...]] = {
    #                   anna   token   narrow ben     admin   owners  owner   nobody
    "session_get":     ("yes", "yes",  "no",  "none", "none", "none", "none", "who"),
    "session_save":    ("yes", "yes",  "no",  "none", "none", "none", "none", "who"),
    "session_delete":  ("yes", "ask",  "no",  "none", "none", "ask",  "none", "who"),
    "chat":            ("yes", "yes",  "no",  "none", "none", "none", "none", "who"),
    "memory_get":      ("yes", "yes",  "no",  "none", "none", "none", "none", "who"),
    "memory_update":   ("yes", "yes",  "no",  "none", "none", "none", "none", "who"),
    "memory_history":  ("yes", "yes",  "no",  "none", "none", "none", "none", "who"),
    "memory_validate": ("yes", "yes",  "no",  "none", "none", "none", "none", "who"),
    "memory_clear":    ("yes", "ask",  "no",  "none", "none", "ask",  "none", "who"),
    "prompt_get":      ("yes", "yes",  "no",  "none", "none", "none", "none", "who"),
    "prompt_render":   ("yes", "yes",  "no",  "none", "none", "none", "none", "who"),
    "prompt_delete":   ("yes", "ask",  "no",  "none", "none", "ask",  "none", "who"),
    "job_get":         ("yes", "yes",  "no",  "none", "yes",  "none", "yes",  "who"),
    "job_wait":        ("yes", "yes",  "no",  "none", "yes",  "none", "yes",  "who"),
    "job_cancel":      ("yes", "yes",  "no",  "none", "yes",  "none", "yes",  "who"),
    "crawl_status":    ("none", "none", "no", "none", "none", "none", "none", "who"),
    "chain_status":    ("yes", "yes",  "no",  "none", "none", "none", "none", "who"),
    "chain_control":   ("yes", "yes",  "no",  "none", "none", "none", "none", "who"),
    "approval_status": ("yes", "none", "no",  "none", "yes",  "none", "yes",  "who"),
    "approval_wait":   ("yes", "none", "no",  "none", "yes",  "none", "yes",  "who"),
    "logs_trace":      ("yes", "yes",  "no",  "none", "yes",  "none", "yes",  "who"),
    "code_backup":     ("yes", "yes",  "no",  "none", "none", "none", "none", "who"),
}  # fmt: skip

SAID: dict[str, dict[str, Any]] = {
    "session_get": {"session_id": "{session}"},
    "session_save": {"session_id": "{session}", "messages": [{"role": "user", "content": "x"}]},
    "session_delete": {"session_id": "{session}"},
    "chat": {"session_id": "{session}", "message": "x", "model": "scripted/small"},
    "memory_get": {"id": "{entry}"},
    "memory_update": {"id": "{entry}", "content": "mine"},
    "memory_history": {"id": "{entry}"},
    "memory_validate": {"id": "{entry}", "verdict": "confirm"},
    "memory_clear": {"ids": ["{entry}"], "dry_run": False},
    "prompt_get": {"name": "{prompt}"},
    "prompt_render": {"name": "{prompt}"},
    "prompt_delete": {"name": "{prompt}"},
    "job_get": {"job_id": "{job}"},
    "job_wait": {"job_id": "{job}", "timeout": 1},
    "job_cancel": {"job_id": "{job}"},
    # It is a job, but not one that reads a site.
    "crawl_status": {"job_id": "{job}"},
    "chain_status": {"chain_id": "{chain}"},
    "chain_control": {"chain_id": "{chain}", "action": "cancel"},
    "approval_status": {"approval_id": "{approval}"},
    "approval_wait": {"approval_id": "{approval}", "timeout": 1},
    "logs_trace": {"trace_id": "{receipt}"},
    "code_backup": {"path": "{file}", "action": "restore", "backup_id": "{backup}"},
}
WORDS = {"forbidden": "no", "unauthenticated": "who", "approval_needed": "ask"}

#: How tools call what they are told of somebody's things.
NAMES = re.compile(r"id|ids|(session|job|chain|approval|trace|backup)_id")
#: Who makes a prompt makes his own, whatever its name.
OF_PROMPTS = {"prompt_get", "prompt_render", "prompt_delete"}
#: What it is told is a worker of the daemon's.
NOBODYS = {"restart"}


@pytest.mark.timeout(120)
async def test_no_tool_touches_what_is_not_the_callers(folder: str) -> None:
    found: dict[str, tuple[str, ...]] = {}
    async with things(folder) as (served, made):
        for tool in LATTICE_OF_TOOLS:
            hers: dict[str, str] = {}
            words: list[str] = []
            for role in ROLES:
                if not hers or words[-1] == "yes":
                    hers = await made.anna()
                body = {"arguments": filled(SAID[tool], hers), "approved": True}
                _, reply = await ask_as(served, role, hers, f"POST /v1/tools/{tool}/run", body)
                words.append(word_of(reply))
            found[tool] = tuple(words)
    assert found == LATTICE_OF_TOOLS


def filled(said: Any, hers: dict[str, str]) -> Any:
    if isinstance(said, dict):
        return {name: filled(value, hers) for name, value in said.items()}
    if isinstance(said, list):
        return [filled(value, hers) for value in said]
    return said.format(**hers) if isinstance(said, str) else said


def word_of(reply: Any) -> str:
    if reply.get("error") is None:
        return "none" if reply["value"] == {"matched": 0, "deleted": 0} else "yes"
    code = reply["error"]["code"]
    return "none" if code.endswith("not_found") else WORDS.get(code, code)


async def test_no_tool_that_is_told_whose_is_missing(served: ServedDaemon) -> None:
    told = {
        entry.name
        for entry in served.parts.get(Catalog)
        if any(NAMES.fullmatch(name) for name in entry.signature.input_schema()["properties"])
    }
    assert (told | OF_PROMPTS) - NOBODYS == LATTICE_OF_TOOLS.keys()


def test_every_kind_of_thing_is_asked_for_by_a_route_or_a_tool() -> None:
    asked = [*LATTICE, *map(str, SAID.values())]
    assert {kind for line in asked for kind in re.findall(r"\{(\w+)\}", line)} >= set(KEPT.values())
