"""What a tool may return beside plain values: text, pictures, sounds and files, as the content blocks of MCP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: As MCP's schema has it: `{"type": "image", "data": …, "mimeType": …}`.
Block = Mapping[str, Any]


def text_of(blocks: Sequence[Block]) -> str:
    """The words among them; what is none is named by its kind."""
    return "\n".join(str(block["text"]) if "text" in block else f"[{block.get('type')}]" for block in blocks)


@dataclass(frozen=True, slots=True)
class Content:
    """`value` is what fits the tool's output schema, where it has one. `failed`: the blocks tell of an error."""

    blocks: Sequence[Block]
    value: dict[str, Any] | None = None
    failed: bool = False
