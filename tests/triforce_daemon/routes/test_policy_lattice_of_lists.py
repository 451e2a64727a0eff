"""Whose things somebody sees where they are listed: the whole table, by hand. What somebody has said or keeps is his;
what he has asked for, and what it took, admins see as well."""

from typing import Any

import orjson
import pytest

from tests.triforce_daemon.routes.annas_things import ROLES, ask_as, things

#: What is read, by a route or a tool, and the kind of Anna's things that is looked for in it; then who sees hers: `-`
#: is an answer without it, `no` a refusal.
LISTS: dict[tuple[str, str], tuple[str, ...]] = {
    #                                              anna   token  narrow  ben   admin  owners  owner  nobody
    ("GET /v1/sessions", "session"):               ("yes", "yes", "no",  "-",  "-",   "-",   "-",   "who"),
    ("GET /v1/sessions/search?query=x", "session"):    ("yes", "yes", "no",  "-",  "-",   "-",   "-",   "who"),
    ("GET /v1/memory/export", "entry"):            ("yes", "yes", "no",  "-",  "-",   "-",   "-",   "who"),
    ("POST /v1/memory/search", "entry"):           ("yes", "yes", "no",  "-",  "-",   "-",   "-",   "who"),
    ("GET /v1/prompts", "prompt"):                 ("yes", "yes", "no",  "-",  "-",   "-",   "-",   "who"),
    ("GET /v1/jobs", "job"):                       ("yes", "yes", "no",  "-",  "yes", "-",   "yes", "who"),
    ("GET /v1/approvals", "approval"):             ("yes", "-",   "-",   "-",  "yes", "-",   "yes", "who"),
    ("GET /v1/tools/log", "receipt"):              ("yes", "-",   "-",   "-",  "yes", "-",   "yes", "who"),
    ("GET /v1/client/tokens", "token"):            ("yes", "yes", "no",  "-",  "-",   "no",  "no",  "who"),
    ("GET /v1/tokens", "token"):                   ("no",  "no",  "no",  "no", "no",  "no",  "yes", "who"),
    ("GET /v1/users", "user"):                     ("no",  "no",  "no",  "no", "yes", "no",  "yes", "who"),
    ("GET /v1/audit", "receipt"):                  ("no",  "no",  "no",  "no", "yes", "no",  "yes", "who"),
    ("GET /v1/usage?by=client", "user"):           ("yes", "yes", "no",  "-",  "yes", "-",   "yes", "who"),
    ("GET /v1/usage?by=client&client=user/{user}", "user"):
                                                   ("yes", "yes", "no",  "no", "yes", "no",  "yes", "who"),
    ("sessions", "session"):                       ("yes", "yes", "no",  "-",  "-",   "-",   "-",   "who"),
    ("memory_search", "entry"):                    ("yes", "yes", "no",  "-",  "-",   "-",   "-",   "who"),
    ("prompts", "prompt"):                         ("yes", "yes", "no",  "-",  "-",   "-",   "-",   "who"),
    ("job_list", "job"):                           ("yes", "yes", "no",  "-",  "-",   "-",   "-",   "who"),
    ("chain_status", "chain"):                     ("yes", "yes", "no",  "-",  "-",   "-",   "-",   "who"),
    ("approval_status", "approval"):               ("yes", "-",   "no",  "-",  "yes", "-",   "yes", "who"),
    ("code_backup", "backup"):                     ("yes", "yes", "no",  "-",  "-",   "-",   "-",   "who"),
    ("rate_limit_stats", "user"):                  ("yes", "yes", "no",  "-",  "yes", "-",   "yes", "who"),
    ("execution_log", "receipt"):                  ("no",  "no",  "no",  "no", "yes", "no",  "yes", "who"),
    ("users", "user"):                             ("no",  "no",  "no",  "no", "yes", "no",  "yes", "who"),
}  # fmt: skip

SAID: dict[str, Any] = {
    "POST /v1/memory/search": {"query": "knows"},
    "memory_search": {"query": "knows"},
    "code_backup": {"path": "{file}", "action": "list"},
}
WORDS = {"forbidden": "no", "unauthenticated": "who"}


@pytest.mark.timeout(120)
async def test_nobody_sees_what_is_not_his(folder: str) -> None:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    async with things(folder) as (served, made):
        hers = await made.anna()
        for line, kind in LISTS:
            said = {name: value.format(**hers) for name, value in SAID.get(line, {}).items()}
            # A tool has but a name.
            asked = line.format(**hers) if "/" in line else f"POST /v1/tools/{line}/run"
            body = said if "/" in line else {"arguments": said}
            replies = [(await ask_as(served, role, hers, asked, body))[1] for role in ROLES]
            found[line, kind] = tuple(word_of(reply, hers[kind]) for reply in replies)
    assert found == LISTS


def word_of(reply: Any, thing: str) -> str:
    if reply.get("error") is not None:
        return WORDS.get(reply["error"]["code"], reply["error"]["message"])
    return "yes" if thing in orjson.dumps(reply).decode() else "-"
