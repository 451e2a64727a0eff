"""The routes of what the daemon keeps beside conversations, as methods: memory, jobs, prompts, backups."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from triforce_cli.transport.replies import Transport

if TYPE_CHECKING:
    from triforce_daemon.wire import memory as wire_memory
    from triforce_daemon.wire.backups import BackupDetail, BackupList, NewBackup
    from triforce_daemon.wire.jobs import JobDetail, JobList
    from triforce_daemon.wire.prompts import NewPrompt, PromptDeleted, PromptDetail, PromptList, Rendered, RenderRequest


class KeptRoutes:
    """Asks the daemon to which `transport` leads."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    # Memory

    def add_memory(self, new: wire_memory.NewMemory) -> wire_memory.MemoryStored:
        return self._transport.call("POST", "/v1/memory", body=new)

    def search_memory(self, query: wire_memory.MemoryQuery) -> wire_memory.MemoryResult:
        return self._transport.call("POST", "/v1/memory/search", body=query)

    def memory(self, entry: str) -> wire_memory.MemoryDetail:
        return self._transport.call("GET", _memory(entry))

    def memory_history(self, entry: str) -> wire_memory.MemoryHistory:
        return self._transport.call("GET", f"{_memory(entry)}/history")

    def change_memory(self, entry: str, change: wire_memory.MemoryChange) -> wire_memory.MemoryChanged:
        return self._transport.call("PATCH", _memory(entry), body=change)

    def validate_memory(self, entry: str, request: wire_memory.ValidationRequest) -> wire_memory.MemoryValidated:
        return self._transport.call("POST", f"{_memory(entry)}/validations", body=request)

    def forget_memory(self, request: wire_memory.ClearRequest) -> wire_memory.MemoryCleared:
        return self._transport.call("POST", "/v1/memory/forget", body=request)

    def undo_memory(self, change: str) -> wire_memory.MemoryUndone:
        return self._transport.call("POST", f"/v1/memory/changes/{escaped(change)}/undo")

    def memory_stats(self, project: str | None = None) -> wire_memory.MemoryStats:
        return self._transport.call("GET", "/v1/memory/stats", {"project": project})

    def export_memory(self, limit: int, after: str | None = None) -> wire_memory.MemoryExport:
        """One page; `after` is the `next` of the page before."""
        return self._transport.call("GET", "/v1/memory/export", {"limit": limit, "after": after})

    def import_memory(self, request: wire_memory.MemoryImport) -> wire_memory.MemoryImported:
        return self._transport.call("POST", "/v1/memory/import", body=request)

    # Jobs and prompts

    def jobs(self, state: str | None = None, limit: int | None = None) -> JobList:
        return self._transport.call("GET", "/v1/jobs", {"state": state, "limit": limit})

    def job(self, job: str, wait: float | None = None) -> JobDetail:
        """One of them; with `wait`, in seconds, as soon as it has ended."""
        return self._transport.call("GET", f"/v1/jobs/{escaped(job)}", {"wait": wait})

    def cancel_job(self, job: str) -> JobDetail:
        return self._transport.call("POST", f"/v1/jobs/{escaped(job)}/cancel")

    def create_backup(self, new: NewBackup) -> JobDetail:
        """The job that makes it."""
        return self._transport.call("POST", "/v1/backups", body=new)

    def backups(self, limit: int | None = None) -> BackupList:
        return self._transport.call("GET", "/v1/backups", {"limit": limit})

    def backup(self, name: str) -> BackupDetail:
        """One of them, read and compared with what was written."""
        return self._transport.call("GET", f"/v1/backups/{escaped(name)}")

    def prompts(self, tag: str | None = None) -> PromptList:
        return self._transport.call("GET", "/v1/prompts", {"tag": tag})

    def prompt(self, name: str, version: int | None = None) -> PromptDetail:
        return self._transport.call("GET", f"/v1/prompts/{escaped(name)}", {"version": version})

    def set_prompt(self, name: str, new: NewPrompt) -> PromptDetail:
        return self._transport.call("PUT", f"/v1/prompts/{escaped(name)}", body=new)

    def delete_prompt(self, name: str) -> PromptDeleted:
        return self._transport.call("DELETE", f"/v1/prompts/{escaped(name)}")

    def render_prompt(self, name: str, request: RenderRequest) -> Rendered:
        return self._transport.call("POST", f"/v1/prompts/{escaped(name)}/render", body=request)


def escaped(name: str, kept: str = "") -> str:
    # A word that is no text, from a terminal with another encoding, is the name of nothing: no reason to fail here.
    return quote(name, kept, errors="replace")


def _memory(entry: str) -> str:
    return f"/v1/memory/{escaped(entry)}"
