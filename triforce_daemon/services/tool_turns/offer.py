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
    """`entries` by name; `reaches_all`: through a tool of its own it calls every other that its scopes let it."""

    entries: Mapping[str, Entry]
    reaches_all: bool
    scopes: frozenset[Scope]
    approve: Approve
    limits: Limits

    def tools(self) -> list[Tool]:
        """As a model is told of them."""
        told = [
            Tool(name=entry.name, description=entry.description, schema=entry.signature.input_schema())
            for entry in self.entries.values()
        ]
        if self.reaches_all:
            found = meta_tool.ENTRY
            told.append(Tool(name=meta_tool.NAME, description=found["description"], schema=found["inputSchema"]))
        return told

    def meant(self, name: str, arguments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The tool that a call is of, and its arguments. Raises ToolNotFound, InvalidArguments."""
        if self.reaches_all and name == meta_tool.NAME:
            return meta_tool.unwrapped(arguments)
        if name not in self.entries:
            raise ToolNotFound(f"There is no tool {name} here.", f"There are: {', '.join(self.entries)}.")
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
    ) -> Offer | None:
        """Nothing where no tools are wanted.

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
        chosen = [entry for entry in self.toolsets.chosen(sets) if may(caller, entry) and entry.missing() is None]
        chosen += [self.runner.admitted(caller, name) for name in names]
        if not chosen:
            raise Forbidden(f"You may call none of the tools of {toolset}.", "`triforce tools list --all` says why.")
        reaches_all = meta_tool.serves(toolset or "")
        reached = [one for one in self.toolsets.chosen([ALL]) if may(caller, one)] if reaches_all else chosen
        return Offer(
            {entry.name: entry for entry in chosen},
            reaches_all,
            frozenset(entry.declared.scope for entry in reached),
            approve,
            Limits.of(limits or {}),
        )
