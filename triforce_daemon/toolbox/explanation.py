"""What would become of a call, step by step, without making it."""

from dataclasses import dataclass
from typing import Any

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import ToolNotFound, TriforceError
from triforce_daemon.toolbox.admission import refusal
from triforce_daemon.toolbox.approvals import needed
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.entry import Entry
from triforce_daemon.toolbox.requirement import Missing


@dataclass(frozen=True, slots=True)
class Explanation:
    """`entry` is None where no tool has the name; `near` holds names that look like it then."""

    entry: Entry | None
    near: tuple[str, ...] = ()
    #: The former name by which it was called.
    alias: str | None = None
    #: What does not fit its schema, a sentence each.
    problems: tuple[str, ...] = ()
    refused: TriforceError | None = None
    missing: Missing | None = None
    #: Whether somebody else has to agree to this call.
    approval: bool = False

    @property
    def runs(self) -> bool:
        """Whether it would be called, perhaps after an approval."""
        return self.entry is not None and not self.problems and self.refused is None and self.missing is None


def explained(catalog: Catalog, caller: Caller, name: str, arguments: dict[str, Any]) -> Explanation:
    """As `Runner` would decide it at this moment; nothing is run, and nothing is written down."""
    try:
        entry = catalog.find(name)
    except ToolNotFound as error:
        return Explanation(None, tuple(error.near or ()))
    problems = entry.signature.problems(arguments)
    known = arguments if problems else entry.signature.arguments(arguments)
    return Explanation(
        entry,
        alias=name if name != entry.name else None,
        problems=tuple(problems),
        refused=refusal(caller, entry),
        missing=entry.missing(),
        approval=needed(caller, entry, known),
    )
