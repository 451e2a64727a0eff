"""A tool as a mounted server offers it: what it says of it, fit to be shown, and the fingerprint of what it said."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import orjson

from triforce_daemon.mcp_client.foreign_schema import Unfit, fit
from triforce_daemon.mcp_client.plain_text import hides, plain, plain_line

#: All that a server may say of one tool.
_MOST_BYTES = 64 << 10
_LONGEST_NAME = 128
_LONGEST_DESCRIPTION = 8_000
_LONGEST_TITLE = 120
#: What providers take as the name of a tool.
_LONGEST_FULL_NAME = 64
_DIGITS = 8
#: Of what a server says, what somebody accepts: pictures and whatever else comes along change nothing.
_SAID = ("name", "title", "description", "inputSchema", "outputSchema", "annotations")


@dataclass(frozen=True, slots=True)
class Offer:
    #: As the server calls it.
    tool: str
    description: str
    input_schema: dict[str, Any]
    output_schema: dict[str, Any] | None
    read_only: bool
    destructive: bool
    idempotent: bool
    open_world: bool
    #: The JSON of what the server said, and its SHA-256: both before anything was taken out.
    declaration: str
    digest: str

    @property
    def form(self) -> tuple[object, ...]:
        """All of it but the words about it."""
        hints = (self.read_only, self.destructive, self.idempotent, self.open_world)
        return self.input_schema, self.output_schema, hints


def offer_of(said: Mapping[str, Any]) -> Offer:
    """An item of `tools/list`, or what was kept of one. Raises Unfit for what cannot be offered."""
    kept = {name: said[name] for name in _SAID if said.get(name) is not None}
    written = orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)
    if len(written) > _MOST_BYTES:
        raise Unfit(f"it says more than {_MOST_BYTES:,} bytes of it")
    name = kept.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME or hides(name) or name != name.strip():
        raise Unfit("its name is none")
    schema, output = fit(kept.get("inputSchema", {})), kept.get("outputSchema")
    if schema.get("type", "object") != "object":
        raise Unfit("its arguments are no object")
    hints = kept.get("annotations", {})
    hints = cast("dict[str, Any]", hints) if isinstance(hints, dict) else {}
    return Offer(
        tool=name,
        description=_description(kept, hints),
        input_schema={"properties": {}, **schema, "type": "object"},
        # What is no object has no place in a result of ours; it comes as text.
        output_schema=_of_an_object(fit(output)) if output is not None else None,
        read_only=hints.get("readOnlyHint") is True,
        # As the protocol has it where nothing is said.
        destructive=hints.get("destructiveHint") is not False,
        idempotent=hints.get("idempotentHint") is True,
        open_world=hints.get("openWorldHint") is not False,
        declaration=written.decode(),
        digest=hashlib.sha256(written).hexdigest(),
    )


def full_name(server: str, tool: str) -> str:
    """What the tool is called here: letters, digits, _ and -, at most as many as providers take."""
    name = f"{server}__" + re.sub(r"[^A-Za-z0-9_-]", "_", tool)
    if len(name) <= _LONGEST_FULL_NAME:
        return name
    return f"{name[: _LONGEST_FULL_NAME - _DIGITS - 1]}_{hashlib.sha256(tool.encode()).hexdigest()[:_DIGITS]}"


def _description(said: Mapping[str, Any], hints: Mapping[str, Any]) -> str:
    """Its first line is a title: what the server says of it, or calls it."""
    told = said.get("description")
    if isinstance(told, str) and (words := plain(told).strip()):
        return words if len(words) <= _LONGEST_DESCRIPTION else words[: _LONGEST_DESCRIPTION - 1] + "…"
    title = said.get("title") or hints.get("title")
    return plain_line(title if isinstance(title, str) else str(said["name"]), _LONGEST_TITLE)


def _of_an_object(schema: dict[str, Any]) -> dict[str, Any] | None:
    return schema if schema.get("type") == "object" else None
