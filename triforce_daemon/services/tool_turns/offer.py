"""Which tools a model may call on somebody's behalf, and with which rights it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from triforce_daemon.access.acting import Acting
from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects.canonical import Tool
from triforce_daemon.errors import Forbidden, ToolNotFound
from triforce_daemon.services.tool_turns.limits import Limits
from triforce_daemon.toolbox import meta_tool
from triforce_daemon.toolbox.admission import may
from triforce_daemon.toolbox.entry import Entry
from triforce_daemon.toolbox.runner import Runner
from triforce_daemon.toolbox.toolsets import ALL, Toolsets
from triforce_daemon.wire.sessions import Approve, ToolLimits
from triforce_daemon.wire.tokens import Scope


@dataclass(frozen=True, slots=True)
class Offer:
    """`entries` by name; `reached`: what is called through a tool that calls others; None: there is none."""

    entries: Mapping[str, Entry]
    reached: Mapping[str, Entry] | None
    scopes: frozenset[Scope]
    approve: Approve
    limits: Limits

    def tools(self) -> list[Tool]:
        """As a model is told of them."""
        told = [
            Tool(name=entry.name, description=entry.description, schema=entry.signature.input_schema())
            for entry in self.entries.values()
        ]
        if self.reached is not None:
            found = meta_tool.ENTRY
            told.append(Tool(name=meta_tool.NAME, description=found["description"], schema=found["inputSchema"]))
        return told

    def meant(self, name: str, arguments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The tool that a call is of, and its arguments. Raises ToolNotFound, InvalidArguments."""
        known = self.entries
        if self.reached is not None and name == meta_tool.NAME:
            name, arguments = meta_tool.unwrapped(arguments)
            known = self.reached
        if name not in known:
            raise ToolNotFound(f"There is no tool {name} here.", f"There are: {', '.join(known)}.")
        return name, arguments

    def acting(self, caller: Caller, name: str) -> Caller:
        """The model as who calls: within `caller`'s rights, and with those alone that these tools need."""
        return replace(caller, acting=Acting(name, self.scopes))


@dataclass(frozen=True, slots=True)
class Offers:
    runner: Runner
    toolsets: Toolsets

    def of(
        self,
        caller: Caller,
        names: Sequence[str] = (),
        toolset: str | None = None,
        approve: Approve = "never",
        limits: ToolLimits | None = None,
        *,
        changes: bool = True,
    ) -> Offer | None:
        """Nothing where no tools are wanted. `changes`: whether those of a set are among them that change something.

        Raises NotFound, Forbidden, TierTooLow and ToolUnavailable for a tool that is named and cannot be called, and
        Forbidden where nothing of a set can, or where somebody agrees beforehand who is not the owner.
        """
        if not names and not toolset:
            return None
        if approve == "always" and not caller.is_owner:
            raise Forbidden(
                "Only the owner, at the daemon's own socket, agrees to calls beforehand.", "Ask, or refuse them."
            )
        sets = toolset.split(",") if toolset else []
        chosen = [entry for entry in self._of_sets(caller, sets, changes) if entry.missing() is None]
        chosen += [_not_the_owners(self.runner.admitted(caller, name)) for name in names]
        if not chosen:
            raise Forbidden(f"You may call none of the tools of {toolset}.", "`triforce tools list --all` says why.")
        reached = self._of_sets(caller, [ALL], changes) if meta_tool.serves(toolset or "") else None
        return Offer(
            {entry.name: entry for entry in chosen},
            {entry.name: entry for entry in reached} if reached is not None else None,
            frozenset(entry.declared.scope for entry in [*chosen, *(reached or ())]),
            approve,
            Limits.of(limits or {}),
        )

    def _of_sets(self, caller: Caller, sets: Sequence[str], changes: bool) -> list[Entry]:
        entries = [entry for entry in self.toolsets.chosen(sets) if may(caller, entry)]
        # What is the owner's alone is not his model's.
        entries = [entry for entry in entries if not entry.declared.owners]
        return [entry for entry in entries if changes or entry.declared.effect == "read"]


def _not_the_owners(entry: Entry) -> Entry:
    if entry.declared.owners:
        raise Forbidden(f"The tool {entry.name} is for the owner himself, and for no model.", "Call it yourself.")
    return entry
