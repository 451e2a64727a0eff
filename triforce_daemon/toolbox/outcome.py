"""What came of a call: what the tool returned, or the error that it ended with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from triforce_daemon.errors import TriforceError
from triforce_daemon.toolbox.call import Change
from triforce_daemon.toolbox.content import Block, Content, text_of

#: What JSON has no form for is a mistake of the tool's.
_OPTIONS = orjson.OPT_NON_STR_KEYS


@dataclass(frozen=True, slots=True)
class Outcome:
    tool: str
    request_id: str
    ms: int
    #: A JSON object, as the tool's output schema has it; None where it failed.
    value: dict[str, Any] | None = None
    error: TriforceError | None = None
    changes: tuple[Change, ...] = ()
    #: What a value cannot hold, as content blocks of MCP.
    blocks: Sequence[Block] = ()
    #: It is not over: whoever has called has to answer something first.
    asked: bool = False

    @property
    def ok(self) -> bool:
        return self.error is None

    def text(self) -> str:
        """The outcome for whoever reads text alone: the whole of it, for a model may see nothing else."""
        if self.error is not None:
            hint = f" {self.error.hint}" if self.error.hint else ""
            return f"{self.error.code}: {self.error.message}{hint}"
        if self.value is None and self.blocks:
            return text_of(self.blocks)
        value = self.value or {}
        said = value.get("text")
        if isinstance(said, str) and len(value) == 1:
            return said
        return orjson.dumps(value, option=_OPTIONS).decode()


def written_out(content: Content) -> Content:
    """The content itself, where JSON has a form for it: else everybody would fail who tells somebody of it.

    Raises TypeError, which is a mistake of the tool's.
    """
    orjson.dumps([content.value, [dict(block) for block in content.blocks]], option=_OPTIONS)
    return content
