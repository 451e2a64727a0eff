"""Tools and outcomes in the words of MCP."""

from typing import Any

from triforce_daemon.toolbox.entry import Entry
from triforce_daemon.toolbox.outcome import Outcome

#: What the server calls itself.
NAME = TITLE = "triforce"
#: What all else about an error goes under that its text tells in words.
ERROR_META = "triforce/error"


def tool_entry(entry: Entry) -> dict[str, Any]:
    """One item of `tools/list`."""
    declared = entry.declared
    told: dict[str, Any] = {
        "name": entry.name,
        "title": entry.title.rstrip("."),
        "description": entry.description,
        "inputSchema": entry.signature.input_schema(),
        "annotations": {
            "readOnlyHint": declared.effect == "read",
            "destructiveHint": declared.effect == "destroy",
            "idempotentHint": declared.idempotent,
            "openWorldHint": declared.open_world,
        },
    }
    output = entry.signature.output_schema()
    if output is not None:
        told["outputSchema"] = output
    return told


def call_result(outcome: Outcome) -> dict[str, Any]:
    """The result of `tools/call`."""
    if outcome.error is not None:
        blocks = list(outcome.blocks) or [_text(outcome.text())]
        body = outcome.error.body(outcome.request_id)
        return {"content": blocks, "isError": True, "_meta": {ERROR_META: dict(body)}}
    if outcome.value is None:
        return {"content": list(outcome.blocks), "isError": False}
    blocks = list(outcome.blocks) or [_text(outcome.text())]
    return {"content": blocks, "structuredContent": outcome.value, "isError": False}


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}
