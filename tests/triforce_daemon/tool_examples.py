"""One call of each tool that goes well: what is sent, or how to come by it in a house."""

import json
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tests.triforce_daemon.hostile_repository import git, write
from tests.triforce_daemon.tool_house import House
from triforce_daemon.access.caller import Caller
from triforce_daemon.runtime.recent_lines import RecentLines
from triforce_daemon.services.chains.records import ChainRecords
from triforce_daemon.services.request_book import RequestBook
from triforce_daemon.wire.status import EngineStatus

Arguments = dict[str, Any]
Example = Arguments | Callable[[House], Awaitable[Arguments]]


async def _extracted(house: House) -> Arguments:
    schema = {"type": "object", "properties": {"town": {"type": "string"}}, "required": ["town"]}
    return {"text": "I live in Graz.", "schema": schema, "model": house.says(0, '{"town": "Graz"}')}


async def _asked_two(house: House) -> Arguments:
    return {"targets": [house.says(0, "Blue"), house.says(1, "Blue")], "prompt": "Which colour?"}


async def _agreed(house: House) -> Arguments:
    return {"targets": [house.says(0, "Blue"), house.says(1, "Blue")], "question": "Which colour?"}


async def _model(house: House) -> Arguments:
    return {"model": house.says(0, "Blue")}


async def _memory(house: House) -> Arguments:
    return {"id": (await house.made("memory_store", content="The ledger is in PostgreSQL."))["id"]}


async def _updated(house: House) -> Arguments:
    return {**await _memory(house), "content": "The ledger is in SQLite."}


async def _judged(house: House) -> Arguments:
    return {**await _memory(house), "verdict": "confirm"}


async def _cleared(house: House) -> Arguments:
    return {"ids": [(await _memory(house))["id"]], "dry_run": False}


async def _session(house: House) -> Arguments:
    messages = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "Hello."}]
    return {"session_id": (await house.made("session_save", messages=messages))["session_id"]}


async def _prompt(house: House) -> Arguments:
    await house.made("prompt_set", name="greet", content="Say hello to {{who}}.")
    return {"name": "greet"}


async def _rendered(house: House) -> Arguments:
    return {**await _prompt(house), "variables": {"who": "Anna"}}


async def _job(house: House) -> Arguments:
    return {"job_id": await house.job()}


async def _waited(house: House) -> Arguments:
    job = await _job(house)
    await house.made("job_cancel", **job)
    return job


async def _worked(house: House) -> Arguments:
    return {"prompt": "Say hello.", "lead": house.says(0, '{"done": true, "next": ""}'), "max_cycles": 1}


async def _chain(house: House) -> Arguments:
    chain = (await house.made("chain_start", **await _worked(house)))["chain_id"]
    row = await house.served.parts.get(ChainRecords).find(Caller(kind="token", name="token/test", token="test"), chain)
    await house.made("job_wait", job_id=row["job"])
    store = house.served.parts.get(ChainRecords).store
    assert await store.move(chain, ("done", "running"), "paused", row["updated"])
    return {"chain_id": chain, "action": "cancel"}


async def _approval(house: House) -> Arguments:
    result = await house.client.call_tool("file_write", {"path": "asked.txt", "content": "x"})
    return {"approval_id": (result.meta or {})["triforce/error"]["approval"], "timeout": 1}


async def _committed(house: House) -> Arguments:
    for key, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        git(house.project, "config", key, value)
    write(house.project, {"a.py": f"x = {os.urandom(4).hex()!r}\n"})
    return {"message": "Change it", "files": ["a.py"]}


async def _key(house: House) -> Arguments:
    body = {"name": "main", "secret": "gsk_canary_4f9a"}
    assert (await house.served.call("PUT", "/v1/keys/groq", json=body))[0] == 200
    return {"provider": "groq"}


async def _worker(house: House) -> Arguments:
    provider = house.served.provider
    model, now = f"{provider.name}/{provider.names[0]}", "2026-01-01T00:00:00.000Z"
    engine = EngineStatus(model=model, state="ready", pid=1, since=now, active=0, idle_stop_seconds=None)
    provider.loaded[:] = [engine]
    return {"target": "worker", "id": model}


async def _tier(house: House) -> Arguments:
    # Who has been made before is there already.
    await house.served.post("/v1/users", {"name": "anna"})
    return {"user": "anna", "tier": "pro"}


async def _request(house: House) -> Arguments:
    await house.made("whoami")
    return {"trace_id": next(house.served.parts.get(RequestBook).newest()).request}


async def _agent(house: House) -> Arguments:
    line = {"ts": "2026-03-01T12:00:01.000Z", "level": "info", "unit": "agents", "msg": "started", "agent": "claude"}
    house.served.parts.get(RecentLines).add([json.dumps(line) + "\n"])
    return {"agent": "claude"}


async def _page(house: House) -> Arguments:
    return {"url": f"{house.web.url}/"}


async def _crawl(house: House) -> Arguments:
    return {"job_id": (await house.made("crawl_site", url=f"{house.web.url}/"))["job_id"]}


async def _researched(house: House) -> Arguments:
    return {"query": "sqlite", "model": house.says(0, '{"queries": ["sqlite engine"]}')}


async def _summarised(house: House) -> Arguments:
    model = house.says(0, '{"summary": "It is blue.", "quotes": ["The sky is blue."]}')
    return {"source": "notes.md", "model": model}


async def _translated(house: House) -> Arguments:
    found = [{"number": 1, "text": "# Notizen"}, {"number": 2, "text": "Der Himmel ist blau."}]
    return {"source": "notes.md", "to": "German", "model": house.says(0, json.dumps({"translations": found}))}


#: The beginning of a PNG.
_PICTURE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"

EXAMPLES: Mapping[str, Example] = {
    # Core
    "chat": {"message": "Hi"},
    "model_route": {"message": "Write a function."},
    "extract": _extracted,
    "llm_broadcast": _asked_two,
    "llm_consensus": _agreed,
    "embed": {"texts": ["one", "two"], "model": "ollama/nomic-embed-text"},
    "count_tokens": {"text": "How many are these?"},
    "models": {"limit": 3},
    "model_info": _model,
    "model_aliases": {},
    "whoami": {},
    "tools_index": {"category": "memory"},
    "tool_lookup": {"name": "calculate"},
    "usage": {"by": "provider"},
    "health": {},
    # Code
    "code_read": {"path": "a.py"},
    "code_tree": {"depth": 2},
    "code_edit": {"path": "b.py", "mode": "append", "new_text": "area(2)\n"},
    "code_create": {"path": "new/c.py", "content": "x = 1\n"},
    "code_backup": {"path": "a.py", "action": "create"},
    "code_search": {"query": "area"},
    "code_patch": {"diff": "--- a/b.py\n+++ b/b.py\n@@ -1 +1,2 @@\n area(1)\n+area(3)\n", "dry_run": True},
    "code_symbols": {"path": "a.py"},
    "code_lint": {"code": "{}", "language": "json"},
    "run_tests": {"framework": "unittest"},
    "code_references": {"path": ".", "name": "area"},
    "code_exec": {"code": "print(6 * 7)"},
    # Memory
    "memory_store": {"content": "Anna likes tea.", "tags": ["anna"]},
    "memory_search": {"query": "tea"},
    "memory_get": _memory,
    "memory_update": _updated,
    "memory_history": _memory,
    "memory_validate": _judged,
    "memory_clear": _cleared,
    "memory_stats": {},
    # Ollama
    "ollama_list": {},
    "ollama_pull": {"model": "qwen3"},
    "ollama_delete": {"model": "box/qwen3"},
    "ollama_show": {"model": "qwen3"},
    "ollama_embed": {"model": "nomic-embed-text", "text": "one"},
    "ollama_status": {},
    # Admin
    "status": {},
    "config": {"key": "jobs"},
    "users": {},
    "rate_limit_stats": {},
    "providers": {},
    "execution_log": {"limit": 2},
    "config_set": {"key": "upstream.idle_seconds", "value": 30, "dry_run": True},
    "tier_set": _tier,
    "restart": _worker,
    "shell": {"command": "echo $((6 * 7))", "cwd": "."},
    "check_compatibility": {"tool": "calculate"},
    "debug": {"method": "tools/call", "params": {"name": "list_models"}},
    # Logs
    "logs": {"level": "debug"},
    "logs_errors": {},
    "logs_stats": {},
    "logs_api": {"limit": 3},
    "logs_trace": _request,
    "logs_agent": _agent,
    # Backup
    "backup_create": {"kinds": ["config"]},
    "backup_list": {},
    # Prompts
    "prompts": {},
    "prompt_get": _prompt,
    "prompt_set": {"name": "other", "content": "Be brief."},
    "prompt_delete": _prompt,
    "prompt_render": _rendered,
    # Keys
    "keys_list": {},
    "keys_request": {"provider": "groq", "reason": "to chat"},
    "keys_status": {},
    "keys_test": {"provider": "groq"},
    "keys_usage": {},
    "keys_remove": _key,
    # Jobs
    "job_list": {},
    "job_get": _job,
    "job_wait": _waited,
    "job_cancel": _job,
    # Chains
    "chain_start": _worked,
    "chain_status": {"include_cycles": True},
    "chain_control": _chain,
    "workflows_list": {},
    "workflows_create": {"template": "polish", "variables": {"task": "A haiku about rain."}, "wait": True},
    # Sessions
    "sessions": {},
    "session_get": _session,
    "session_save": {"messages": [{"role": "user", "content": "hi"}]},
    "session_delete": _session,
    # Git
    "git_status": {},
    "git_diff": {},
    "git_commit": _committed,
    "git_branch": {"action": "list"},
    # Files
    "file_read": {"path": "notes.md"},
    "file_write": {"path": "made.txt", "content": "x"},
    "file_list": {"path": "."},
    # Search
    "search": {"query": "sqlite"},
    "crawl": _page,
    "multi_search": {"query": "sqlite", "limit": 3},
    "search_health": {},
    # Web
    "crawl_site": _page,
    "crawl_status": _crawl,
    "smart_search": _researched,
    # Utilities
    "weather": {"place": "Paris", "days": 2},
    "current_time": {"timezone": "Europe/Vienna"},
    "calculate": {"expression": "6 * 7"},
    # Documents
    "document_read": {"source": "notes.md"},
    "document_summarize": _summarised,
    "document_translate": _translated,
    # Vision
    "analyze_image": {"image": _PICTURE, "model": "ollama/llava:7b"},
    "similarity": {"query": "tea", "texts": ["coffee", "rain"], "model": "ollama/nomic-embed-text"},
    # Approvals
    "approval_status": {},
    "approval_wait": _approval,
}


async def arguments_of(house: House, tool: str) -> Arguments:
    """Of the tool's example. Raises KeyError where it has none."""
    example = EXAMPLES[tool]
    return dict(example) if isinstance(example, dict) else await example(house)
